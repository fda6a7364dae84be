//! `macros.conf`: named pieces of search text.

use super::conf::{Conf, Setting};
use crate::diag::{Diagnostic, codes};
use crate::source::Located;
use crate::spl::{MacroDefinition, Validation};
use crate::value::Name;
use indexmap::IndexMap;

/// A macro: the call `` `name` `` or `` `name(x, y)` `` stands for its definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Macro {
    /// The name without the number of arguments.
    pub name: Name,
    /// Names of the arguments; `$name$` in the definition stands for the argument.
    pub args: Vec<Name>,
    /// The text that replaces the call.
    pub definition: Located,
    /// The definition is an eval expression whose result is the text.
    pub is_eval: bool,
    /// `validation` with `errormsg`: what the arguments must satisfy.
    pub validation: Option<Validation>,
}

impl From<&Macro> for MacroDefinition {
    fn from(known: &Macro) -> Self {
        Self {
            definition: known.definition.clone(),
            arguments: known.args.iter().map(ToString::to_string).collect(),
            is_eval: known.is_eval,
            validation: known.validation.clone(),
        }
    }
}

/// Macros by stanza name: `name`, or `name(2)` for one with two arguments.
pub type Macros = IndexMap<Name, Macro>;

/// Reads the stanzas. A stanza without `definition` defines nothing.
pub(super) fn read(conf: &Conf) -> (Macros, Vec<Diagnostic>) {
    let (mut macros, mut problems) = (Macros::new(), Vec::new());
    for (stanza, content) in &conf.stanzas {
        let Some(definition) = content.settings.get("definition") else { continue };
        let (name, count) = match stanza.strip_suffix(')').and_then(|head| head.split_once('(')) {
            Some((name, count)) => (name, count.parse().unwrap_or(0)),
            None => (&**stanza, 0),
        };
        let args: Vec<Name> =
            content.get("args").map(|args| args.split(',').map(|arg| arg.trim().into()).collect()).unwrap_or_default();
        if args.len() != count {
            problems.push(wrong_count(stanza, count, args.len(), content.setting("args").unwrap_or(definition)));
            continue;
        }
        let is_eval = content.flag("iseval").unwrap_or(false);
        let validation = content.setting("validation").filter(|setting| !setting.value.is_empty());
        let validation = validation.map(|setting| Validation {
            expression: setting.value.clone(),
            message: content.get("errormsg").filter(|message| !message.is_empty()).map(str::to_owned),
        });
        let defined = Macro { name: name.into(), args, definition: definition.value.clone(), is_eval, validation };
        macros.insert(stanza.clone(), defined);
    }
    (macros, problems)
}

fn wrong_count(stanza: &str, declared: usize, listed: usize, at: &Setting) -> Diagnostic {
    let message = format!("macro `{stanza}` declares {declared} arguments but `args` lists {listed}");
    Diagnostic::new(codes::CONF_VALUE, message, at.key).help("list one name per argument in `args`")
}

#[cfg(test)]
mod tests {
    use super::super::conf;
    use super::*;
    use crate::source::Sources;

    #[test]
    fn arguments_are_counted() {
        let text =
            "[a]\ndefinition = x=1\n[b(2)]\nargs = f, g\ndefinition = $f$=$g$\n[c(1)]\ndefinition = y\n[d]\nx = 1\n";
        let file = Sources::new().add("macros.conf", text);
        let (macros, problems) = read(&conf::read(file, text).0);
        assert_eq!(macros.keys().map(|k| &**k).collect::<Vec<_>>(), ["a", "b(2)"]);
        assert_eq!(&*macros["b(2)"].name, "b");
        assert_eq!(macros["b(2)"].args.len(), 2);
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn a_validation_has_its_message() {
        let text = "[a(1)]\nargs = n\ndefinition = x=$n$\nvalidation = isnum($n$)\nerrormsg = give a number\n";
        let file = Sources::new().add("macros.conf", text);
        let (macros, _) = read(&conf::read(file, text).0);
        let validation = macros["a(1)"].validation.as_ref().map(|it| (it.expression.as_str(), it.message.as_deref()));
        assert_eq!(validation, Some(("isnum($n$)", Some("give a number"))));
    }
}
