//! (to be written)
/// An eval function.
#[derive(Debug)]
pub struct Function {
    /// Lower case.
    pub name: &'static str,
}
