//! Time. Times are seconds since the epoch; clocks are those of the search's time zone.

use super::Takes::{Number, Text};
use super::{Function, Run, costly, example, function, number_or_null, required, text};
use crate::expr::kind::Kind;
use crate::value::Value;
use crate::value::time::{Format, RelativeTime};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "now",
        "Start of the search",
        &[],
        Kind::Number,
        &[example("now() > 0", "True")],
        Run::Values(|call, _| Value::Number(call.context.now)),
    ),
    function(
        "relative_time",
        "The time moved by a relative time such as `-1d@d`; null if that is none",
        &[required("time", Number), required("relative", Text)],
        Kind::Number,
        &[
            example("relative_time(1741774645, \"-1d@d\")", "1741651200"),
            example("relative_time(1741774645, \"soon\")", "null"),
        ],
        Run::Strict(|call, args| {
            let relative = text(args[1]).and_then(|text| RelativeTime::parse(&text));
            let time = args[0].as_number();
            number_or_null(relative.zip(time).and_then(|(by, time)| by.apply(time, &call.context.zone)))
        }),
    ),
    costly(function(
        "strftime",
        "The time as text in a format",
        &[required("time", Number), required("format", Text)],
        Kind::Text,
        &[example("strftime(0, \"%Y-%m-%dT%H:%M:%S\")", "1970-01-01T00:00:00")],
        Run::Each(|call, args| match (args[0].as_number(), text(args[1])) {
            (Some(time), Some(format)) if crate::value::time::timestamp(time).is_some() => {
                Value::text(Format::new(&format).print(time, &call.context.zone))
            }
            _ => Value::Null,
        }),
    )),
    costly(function(
        "strptime",
        "The time that a text in a format names; null if the text does not fit or has no day",
        &[required("text", Text), required("format", Text)],
        Kind::Number,
        &[
            example("strptime(\"2018-08-13\", \"%Y-%m-%d\")", "1534118400"),
            example("strptime(\"10:17\", \"%H:%M\")", "null"),
        ],
        Run::Each(|call, args| match (text(args[0]), text(args[1])) {
            (Some(text), Some(format)) => {
                number_or_null(Format::new(&format).parse(&text, call.context.now, &call.context.zone))
            }
            _ => Value::Null,
        }),
    )),
    function(
        "time",
        "The time of day; here the same as `now()`, so that results can be repeated",
        &[],
        Kind::Number,
        &[example("time() == now()", "True")],
        Run::Values(|call, _| Value::Number(call.context.now)),
    ),
];
