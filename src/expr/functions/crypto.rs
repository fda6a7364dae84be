//! Digests, as lower-case hexadecimal text.

use super::Takes::Text;
use super::{Function, Run, costly, example, function, required, text};
use crate::expr::kind::Kind;
use crate::value::Value;
use std::fmt::Write as _;

pub(super) const FUNCTIONS: &[Function] = &[
    costly(function(
        "md5",
        "MD5 digest of the text",
        &[required("text", Text)],
        Kind::Text,
        &[example("md5(\"abc\")", "900150983cd24fb0d6963f7d28e17f72")],
        Run::Each(|_, args| digest::<md5::Md5>(args[0])),
    )),
    costly(function(
        "sha1",
        "SHA-1 digest of the text",
        &[required("text", Text)],
        Kind::Text,
        &[example("sha1(\"abc\")", "a9993e364706816aba3e25717850c26c9cd0d89d")],
        Run::Each(|_, args| digest::<sha1::Sha1>(args[0])),
    )),
    costly(function(
        "sha256",
        "SHA-256 digest of the text",
        &[required("text", Text)],
        Kind::Text,
        &[example("sha256(\"abc\")", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")],
        Run::Each(|_, args| digest::<sha2::Sha256>(args[0])),
    )),
    costly(function(
        "sha512",
        "SHA-512 digest of the text",
        &[required("text", Text)],
        Kind::Text,
        &[example(
            "sha512(\"abc\")",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        )],
        Run::Each(|_, args| digest::<sha2::Sha512>(args[0])),
    )),
];

fn digest<D: sha2::Digest>(value: &Value) -> Value {
    let Some(text) = text(value) else { return Value::Null };
    let mut hex = String::new();
    for byte in D::digest(text.as_bytes()) {
        // Writing to a text cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Value::text(hex)
}
