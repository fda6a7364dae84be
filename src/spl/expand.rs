//! Macro expansion: `` `name(arg, arg)` `` becomes its definition, comments become a blank, and every byte of the result
//! knows where it came from.
//!
//! - Expansion is textual. An argument replaces `$name$` everywhere in the definition, also inside quotes and as a part
//!   of a longer word; the result is scanned again, so macros nest.
//! - Text in double quotes and in comments is left alone: no call starts there. The one exception is the search text
//!   of `map`, which is a search of its own: calls in it are expanded, quotes in their definitions escaped.
//! - `name`, `name(1)` and `name(2)` are three macros: the number of arguments is part of the name.
//!
//! Source: Search Manual, "Use search macros in searches"; macros.conf.

mod call;

use crate::diag::{Code, Diagnostic, codes, nearest};
use crate::source::{Copied, Frame, Located, Place, Span};
use call::Call;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Macros may make a search longer by this much (bytes), which no search that a person wrote comes near.
pub const MAX_EXPANSION: usize = 1 << 20;

/// Text that may be scanned in all, so that macros that double but give nothing are bounded too.
const MAX_WORK: usize = 8 << 20;

/// Calls in one search, and calls inside of calls.
const MAX_CALLS: usize = 20_000;
const MAX_DEPTH: usize = 64;

/// Problems of one search; a text with more is no search.
const MAX_PROBLEMS: usize = 200;

/// One definition of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroDefinition {
    /// The text that replaces a call. It has no frames of its own.
    pub definition: Located,
    /// Names of the arguments, in order.
    pub arguments: Vec<String>,
    /// The definition, its arguments filled in, is an eval expression whose value is the text (`iseval`).
    pub is_eval: bool,
    /// What the arguments of a call must satisfy.
    pub validation: Option<Validation>,
}

impl MacroDefinition {
    /// A macro that is its text, without `iseval` and `validation`.
    pub fn plain(definition: Located, arguments: Vec<String>) -> Self {
        Self { definition, arguments, is_eval: false, validation: None }
    }
}

/// `validation` and `errormsg` of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validation {
    /// An eval expression in which `$name$` stands for an argument. It has no frames of its own.
    pub expression: Located,
    /// What to say if the expression is a condition and not true.
    pub message: Option<String>,
}

/// What a validation says of the arguments of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The condition is true; or the expression, which is none, gives null.
    Valid,
    /// The condition is false or null.
    NotTrue,
    /// The expression gives this text, which says what is wrong.
    Wrong(String),
}

/// Where macros come from: a content pack, further packs, what is known of other apps.
pub trait Macros {
    /// The macro of that name and number of arguments. It is for the implementation to give `search *` for a
    /// `..._filter` that a pack's builder would have made.
    fn find(&self, name: &str, arity: usize) -> Option<Cow<'_, MacroDefinition>>;

    /// The numbers of arguments that macros of this name take, ascending; empty for an unknown name.
    fn arities(&self, name: &str) -> Vec<usize>;

    /// All names in a stable order, for "did you mean".
    fn names(&self) -> Vec<&str>;

    /// The text that the expression of an `iseval` macro gives; `Err` is a sentence part that says why there is none.
    /// This room knows no functions, so an implementation that has such macros gives them their meaning.
    fn evaluate(&self, _expression: &str) -> Result<String, String> {
        Err("such macros are not known here".to_owned())
    }

    /// What the expression of a `validation` says, its arguments filled in; `Err` is a sentence part that says why it
    /// cannot be evaluated.
    fn validate(&self, _expression: &str) -> Result<Verdict, String> {
        Err("validations are not known here".to_owned())
    }
}

/// One call of a macro, whether or not it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroCall {
    /// Without backticks and arguments.
    pub name: String,
    /// Number of arguments.
    pub arity: usize,
    /// The call in the file where it is written: the search's, or that of the macro named in `inside`.
    pub place: Place,
    /// The macro whose definition holds the call; none for a call in the search itself.
    pub inside: Option<Arc<str>>,
    /// Whether a definition was found.
    pub found: bool,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The search without calls and comments. A call that could not be expanded is left out; if it was a whole stage,
    /// `search *` stands for it. So with problems reported here, what a parser then says of this text may only follow
    /// from them.
    pub text: Located,
    /// Every call, in the order of the expansion; repeated calls are repeated here.
    pub calls: Vec<MacroCall>,
    /// What is wrong, in the order found.
    pub problems: Vec<Diagnostic>,
}

/// Expands all macro calls of a search, which has no frames yet.
///
/// Never fails: what cannot be expanded is reported. The result is at most [`MAX_EXPANSION`] bytes longer than the
/// search, whatever the macros say.
pub fn expand(search: &Located, macros: &dyn Macros) -> Expansion {
    let out = search.whole().map_or_else(Located::default, Located::empty);
    let mut expander = Expander {
        macros,
        out,
        given: search.len(),
        calls: Vec::new(),
        problems: Vec::new(),
        stack: Vec::new(),
        work: 0,
        full: false,
    };
    expander.text(search);
    Expansion { text: expander.out, calls: expander.calls, problems: expander.problems }
}

/// The offset after the macro call whose opening backtick is at `start`; `None` if it is none, or has no end.
pub(super) fn end_of_call(source: &str, start: usize) -> Option<usize> {
    Call::read(source, start).ok().map(|call| call.end)
}

/// Whether a text ends with `map ... search=`.
fn is_map_search(before: &str) -> bool {
    let Some(before) = before.trim_end().strip_suffix('=') else { return false };
    let stage = before[before.rfind(['|', '[']).map_or(0, |at| at + 1)..].trim();
    let word = |text: &str, name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let last = stage.rsplit(char::is_whitespace).next().unwrap_or_default();
    word(stage, "map") && stage[3..].starts_with(char::is_whitespace) && last.eq_ignore_ascii_case("search")
}

struct Expander<'a> {
    macros: &'a dyn Macros,
    out: Located,
    calls: Vec<MacroCall>,
    problems: Vec<Diagnostic>,
    /// The calls being expanded, outermost first.
    stack: Vec<(Arc<str>, usize)>,
    /// Length of the search before expansion, which the bounds come on top of.
    given: usize,
    work: usize,
    /// A bound was passed; it has been reported.
    full: bool,
}

impl Expander<'_> {
    /// Appends a text to the output, its calls expanded and its comments removed. The text's pieces may name frames of
    /// the output.
    fn text(&mut self, text: &Located) {
        let source = text.as_str();
        let mut copied = 0;
        let mut at = 0;
        while at < source.len() && !self.full {
            match source.as_bytes()[at] {
                b'\\' => at += 1 + source[at + 1..].chars().next().map_or(0, char::len_utf8),
                b'"' => {
                    let end = call::end_of_quoted(source, at);
                    if is_map_search(&source[..at]) && source[at..end].contains('`') && source[..end].ends_with('"') {
                        self.copy(text, copied, at + 1);
                        self.quoted_search(text, at + 1..end - 1);
                        copied = end - 1;
                    }
                    at = end;
                }
                b'`' => {
                    self.copy(text, copied, at);
                    at = if source[at..].starts_with("```") { self.comment(text, at) } else { self.call(text, at) };
                    copied = at;
                }
                _ => at += 1,
            }
        }
        self.copy(text, copied, source.len());
    }

    /// Appends the search text of `map`: expanded as a search, and escaped again.
    fn quoted_search(&mut self, text: &Located, range: Range<usize>) {
        let start = self.out.len();
        self.text(&call::unescaped(text, range, b"\"\\"));
        let expanded = self.out.part(start..self.out.len());
        self.out.truncate(start);
        let mut copied = 0;
        for (at, _) in expanded.as_str().match_indices(['"', '\\']) {
            self.out.append_part(&expanded, copied..at);
            self.blank(&expanded, Span::new(at, at + 1), "\\");
            copied = at;
        }
        self.out.append_part(&expanded, copied..expanded.len());
    }

    fn copy(&mut self, text: &Located, from: usize, to: usize) {
        if self.full || from >= to {
            return;
        }
        self.work += to - from;
        if self.out.len() + (to - from) > self.given + MAX_EXPANSION || self.work > self.given + MAX_WORK {
            self.too_large(text, Span::new(from, to));
            return;
        }
        self.out.append_part(text, from..to);
    }

    fn too_large(&mut self, text: &Located, span: Span) {
        if !self.full {
            self.full = true;
            let message = format!("the macros expand to more than {} KiB", MAX_EXPANSION >> 10);
            self.report(codes::MACRO_EXPANSION_TOO_LARGE, message, text, span, |problem| problem);
        }
    }

    /// Replaces a comment by one blank and returns the offset after it.
    fn comment(&mut self, text: &Located, at: usize) -> usize {
        let source = text.as_str();
        let Some(length) = source[at + 3..].find("```") else {
            self.report(codes::UNCLOSED_COMMENT, "a comment has no end", text, Span::new(at, at + 3), |problem| {
                problem.label("opened here").help("close the comment with three backticks")
            });
            return source.len();
        };
        let end = at + length + 6;
        self.blank(text, Span::new(at, end), " ");
        end
    }

    /// Appends `shown` in place of what stands at `span`.
    fn blank(&mut self, text: &Located, span: Span, shown: &str) {
        let mut stand_in = Located::default();
        if let (Some(place), None) = (text.place(span), text.frame_at(span.start as usize)) {
            stand_in.push(shown, place, Copied::Decoded);
            self.out.append_part(&stand_in, 0..shown.len());
        } else if let (Some(place), Some(frame)) = (text.place(span), text.frame_at(span.start as usize)) {
            stand_in.push(shown, place, Copied::Decoded);
            self.out.append_expansion(&stand_in, 0..shown.len(), frame);
        }
    }

    /// Expands the call that starts at `at` and returns the offset after it.
    fn call(&mut self, text: &Located, at: usize) -> usize {
        let call = match Call::read(text.as_str(), at) {
            Ok(call) => call,
            Err(end) => {
                self.malformed(text, at, end);
                return end;
            }
        };
        let span = Span::new(at, call.end);
        let name: Arc<str> = call.name.into();
        let arity = call.args.len();
        let definition = self.macros.find(&name, arity);
        if let Some(place) = text.place(span) {
            let inside = self.stack.last().map(|(name, _)| name.clone());
            let found = definition.is_some();
            self.calls.push(MacroCall { name: call.name.to_owned(), arity, place, inside, found });
        }
        match definition {
            _ if self.calls.len() > MAX_CALLS => self.too_large(text, span),
            Some(_) if self.stack.iter().any(|(above, args)| *above == name && *args == arity) => {
                let way: Vec<&str> = self.stack.iter().map(|(name, _)| &**name).chain([&*name]).collect();
                let note = format!("the calls are {}", way.join(" > "));
                self.report(codes::RECURSIVE_MACRO, format!("macro `{name}` calls itself"), text, span, |problem| {
                    problem.label("called again here").note(note)
                });
                self.leave_out(text, span);
            }
            Some(_) if self.stack.len() >= MAX_DEPTH => {
                let message = format!("macros nest deeper than {MAX_DEPTH} calls");
                self.report(codes::NESTING_TOO_DEEP, message, text, span, |problem| problem);
                self.leave_out(text, span);
            }
            Some(definition) => self.insert(text, &call, name, &definition),
            None => {
                self.not_found(text, &call);
                self.leave_out(text, span);
            }
        }
        call.end
    }

    fn insert(&mut self, text: &Located, call: &Call, name: Arc<str>, found: &MacroDefinition) {
        let span = Span::new(call.start, call.end);
        let (Some(call_place), Some(definition)) = (text.place(span), found.definition.whole()) else { return };
        let parent = text.frame_at(call.start);
        let frame = self.out.add_frame(Frame { name: name.clone(), call: call_place, definition, parent });
        let values = call.values(text, &found.arguments);
        let mut body = Located::default();
        let source = found.definition.as_str();
        for part in call::substitutions(source, &found.arguments) {
            let value = part.argument.and_then(|argument| values.get(argument));
            match value {
                Some(value) => body.append_part(value, 0..value.len()),
                None => body.append_expansion(&found.definition, part.range, frame),
            }
            if body.len() > self.given + MAX_EXPANSION {
                self.too_large(text, span);
                return;
            }
        }
        self.work += body.len();
        if self.work > self.given + MAX_WORK {
            self.too_large(text, span);
            return;
        }
        if let Some(validation) = &found.validation {
            self.validate(text, span, &name, found, validation, &values);
        }
        if found.is_eval {
            match self.macros.evaluate(body.as_str()) {
                Ok(value) => {
                    let mut evaluated = Located::empty(definition);
                    evaluated.push(&value, definition, Copied::Decoded);
                    body = Located::default();
                    body.append_expansion(&evaluated, 0..value.len(), frame);
                }
                Err(reason) => {
                    let message = format!("macro `{name}` gives no text: {reason}");
                    self.report(codes::MACRO_EVAL_WITHOUT_TEXT, message, text, span, |problem| {
                        problem.related(definition, "the expression is defined here (`iseval`)")
                    });
                    self.leave_out(text, span);
                    return;
                }
            }
        }
        self.stack.push((name, call.args.len()));
        self.text(&body);
        self.stack.pop();
    }

    /// Reports a call whose arguments do not satisfy the macro's validation.
    fn validate(
        &mut self,
        text: &Located,
        span: Span,
        name: &str,
        found: &MacroDefinition,
        validation: &Validation,
        values: &[Located],
    ) {
        let source = validation.expression.as_str();
        let mut filled = String::new();
        for part in call::substitutions(source, &found.arguments) {
            let value = part.argument.and_then(|argument| values.get(argument)).map(Located::as_str);
            filled += value.unwrap_or(&source[part.range]);
            if filled.len() > self.given + MAX_EXPANSION {
                self.too_large(text, span);
                return;
            }
        }
        self.work += filled.len();
        let said = match self.macros.validate(&filled) {
            Ok(Verdict::Valid) => return,
            Ok(Verdict::NotTrue) => match &validation.message {
                Some(message) => format!("macro `{name}` refuses its arguments: {message}"),
                None => format!("macro `{name}` refuses its arguments: `{filled}` is not true"),
            },
            Ok(Verdict::Wrong(message)) => format!("macro `{name}` refuses its arguments: {message}"),
            Err(reason) => format!("the validation of macro `{name}` cannot be evaluated: {reason}"),
        };
        let place = validation.expression.whole();
        self.report(codes::MACRO_VALIDATION, said, text, span, |problem| match place {
            Some(place) => problem.related(place, "what the arguments must satisfy"),
            None => problem,
        });
    }

    /// `search *` for a whole stage, a blank otherwise.
    fn leave_out(&mut self, text: &Located, span: Span) {
        let before = text.as_str()[..span.start as usize].trim_end().chars().next_back();
        let after = text.as_str()[span.end as usize..].trim_start().chars().next();
        let is_stage = matches!(before, None | Some('|' | '[')) && matches!(after, None | Some('|' | ']'));
        self.blank(text, span, if is_stage { "search *" } else { " " });
    }

    fn malformed(&mut self, text: &Located, at: usize, end: usize) {
        let span = Span::new(at, at + 1);
        if end == at + 1 {
            self.report(codes::STRAY_BACKTICK, "a backtick starts no macro call", text, span, |problem| {
                problem.help("put the text into double quotes, or remove the backtick")
            });
            return;
        }
        let name: String = text.as_str()[at + 1..end].chars().take(60).collect();
        let place = text.place(Span::at(end));
        let message = format!("the macro call `{}` has no closing backtick", name.trim());
        self.report(codes::UNCLOSED_MACRO_CALL, message, text, span, |problem| {
            let problem = problem.label("opened here").help("close the call with a backtick");
            match place {
                Some(place) => problem.related(place, "the closing backtick is expected here"),
                None => problem,
            }
        });
    }

    fn not_found(&mut self, text: &Located, call: &Call) {
        let name = call.name;
        let arities = self.macros.arities(name);
        if arities.is_empty() {
            let suggest = self.problems.len() < MAX_PROBLEMS;
            let near = if suggest { nearest(name, self.macros.names()) } else { None }.map(str::to_owned);
            let span = Span::new(call.name_start, call.name_start + name.len());
            self.report(
                codes::UNKNOWN_MACRO,
                format!("macro `{name}` is not defined"),
                text,
                span,
                |problem| match near {
                    Some(near) => problem.help(crate::diag::did_you_mean(near)),
                    None => problem.help("define it in the pack, or name the pack that has it"),
                },
            );
            return;
        }
        let counts: Vec<String> = arities.iter().map(ToString::to_string).collect();
        let plural = if arities == [1] { "argument" } else { "arguments" };
        let message = format!("macro `{name}` takes {} {plural}, not {}", counts.join(" or "), call.args.len());
        self.report(codes::MACRO_ARITY, message, text, Span::new(call.start, call.end), |problem| {
            problem.help("put an argument that holds commas into double quotes")
        });
    }

    /// A problem at a span of a text under expansion, whose frames are those of the output.
    fn report(
        &mut self,
        code: Code,
        message: impl Into<String>,
        text: &Located,
        span: Span,
        more: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let Some(mut place) = text.place(span) else { return };
        let mut frame = text.frame_at(span.start as usize);
        let mut through = Vec::new();
        while let Some(inside) = frame.and_then(|frame| self.out.frames().get(frame as usize)) {
            through.push((inside.name.clone(), place));
            place = inside.call;
            frame = inside.parent;
        }
        let mut problem = more(Diagnostic::new(code, message, place));
        for (name, place) in through.into_iter().rev() {
            problem = problem.related(place, format!("in the expansion of `{name}`, defined here"));
        }
        if self.problems.len() < MAX_PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

#[cfg(test)]
mod tests;
