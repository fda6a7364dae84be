//! A plan as text, for `explain`.
