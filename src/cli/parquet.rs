//! Rows as a Parquet file.
//!
//! `_time` is a timestamp in UTC; a column of whole numbers holds integers, of other numbers doubles, of anything else
//! texts; a column with a multivalue holds lists of texts. A field that a row lacks is null.

use crate::value::{Batch, Column, Value};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::io;
use std::sync::Arc;

/// Rows per group: a reader takes a group at a time.
const GROUP: usize = 100_000;

/// The bytes of a file with these rows.
pub(super) fn file(rows: &Batch) -> io::Result<Vec<u8>> {
    write(rows).map_err(|error| io::Error::other(error.to_string()))
}

fn write(rows: &Batch) -> Result<Vec<u8>, ParquetError> {
    let columns: Vec<(&Column, Kind)> = rows.columns().map(|(name, column)| (column, Kind::of(name, column))).collect();
    let fields: Vec<TypePtr> = rows
        .names()
        .zip(&columns)
        .map(|(name, (_, kind))| kind.field(name).map(Arc::new))
        .collect::<Result<_, ParquetError>>()?;
    let schema = Arc::new(Type::group_type_builder("rows").with_fields(fields).build()?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    let mut start = 0;
    while start < rows.rows() {
        let end = (start + GROUP).min(rows.rows());
        let mut group = writer.next_row_group()?;
        for (column, kind) in &columns {
            if let Some(mut out) = group.next_column()? {
                kind.write(&column.values()[start..end], &mut out)?;
                out.close()?;
            }
        }
        group.close()?;
        start = end;
    }
    writer.close()?;
    Ok(bytes)
}

/// How the values of a column are written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Time,
    Integer,
    Number,
    Text,
    Texts,
}

impl Kind {
    fn of(name: &str, column: &Column) -> Self {
        let mut values = column.values().iter().filter(|value| !value.is_null()).peekable();
        let any = values.peek().is_some();
        let numbers = any && values.clone().all(|value| matches!(value, Value::Number(_)));
        let whole = |value: &Value| value.as_number().is_some_and(|n| n.fract() == 0.0 && n.abs() < 9.0e15);
        if values.clone().any(|value| matches!(value, Value::List(_))) {
            Self::Texts
        } else if numbers && name == "_time" {
            Self::Time
        } else if numbers && values.all(whole) {
            Self::Integer
        } else if numbers {
            Self::Number
        } else {
            Self::Text
        }
    }

    fn field(self, name: &str) -> Result<Type, ParquetError> {
        let primitive = |name: &str, physical: Physical, logical: Option<LogicalType>, repetition: Repetition| {
            Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(logical).build()
        };
        let optional = |physical, logical| primitive(name, physical, logical, Repetition::OPTIONAL);
        match self {
            Self::Time => optional(Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
            Self::Integer => optional(Physical::INT64, None),
            Self::Number => optional(Physical::DOUBLE, None),
            Self::Text => optional(Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Self::Texts => {
                let text = Some(LogicalType::String);
                let element = primitive("element", Physical::BYTE_ARRAY, text, Repetition::REQUIRED)?;
                let list = Type::group_type_builder("list")
                    .with_repetition(Repetition::REPEATED)
                    .with_fields(vec![Arc::new(element)])
                    .build()?;
                Type::group_type_builder(name)
                    .with_repetition(Repetition::OPTIONAL)
                    .with_logical_type(Some(LogicalType::List))
                    .with_fields(vec![Arc::new(list)])
                    .build()
            }
        }
    }

    fn write(self, values: &[Value], out: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let present = || values.iter().filter(|value| !value.is_null());
        let levels: Vec<i16> = values.iter().map(|value| i16::from(!value.is_null())).collect();
        let bytes = |value: &Value| ByteArray::from(value.to_text().as_bytes().to_vec());
        match self {
            Self::Time | Self::Integer => {
                let scale = if self == Self::Time { 1e6 } else { 1.0 };
                let numbers: Vec<i64> =
                    present().filter_map(Value::as_number).map(|number| (number * scale).round() as i64).collect();
                out.typed::<Int64Type>().write_batch(&numbers, Some(&levels), None)?;
            }
            Self::Number => {
                let numbers: Vec<f64> = present().filter_map(Value::as_number).collect();
                out.typed::<DoubleType>().write_batch(&numbers, Some(&levels), None)?;
            }
            Self::Text => {
                let texts: Vec<ByteArray> = present().map(bytes).collect();
                out.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None)?;
            }
            Self::Texts => {
                // 2: an element is there; 0: the list itself is null. Each element behind the first of a row repeats.
                let (mut texts, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
                for value in values {
                    if value.is_null() {
                        defined.push(0);
                        repeated.push(0);
                    }
                    for (at, single) in value.values().iter().enumerate() {
                        texts.push(bytes(single));
                        defined.push(2);
                        repeated.push(i16::from(at > 0));
                    }
                }
                out.typed::<ByteArrayType>().write_batch(&texts, Some(&defined), Some(&repeated))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    #[test]
    fn a_file_gives_its_rows_back() {
        let mut rows = Batch::new(3);
        rows.set("_time", Column::new(vec![1.5.into(), Value::Null, 2.0.into()]));
        rows.set("n", Column::new(vec![2.0.into(), 3.0.into(), Value::Null]));
        rows.set("x", Column::new(vec![0.5.into(), Value::Null, 1.0.into()]));
        rows.set("a.b{}", Column::new(vec!["é".into(), Value::Null, "7".into()]));
        rows.set("m", Column::new(vec![Value::list(["p".into(), "q".into()]), Value::Null, "r".into()]));
        let mut stored = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut stored, &file(&rows).unwrap()).unwrap();
        let reader = SerializedFileReader::new(stored).unwrap();
        let lines: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].contains("n: 2, x: 0.5, a.b{}: \"é\", m: [\"p\", \"q\"]"), "{}", lines[0]);
        assert!(lines[1].contains("_time: null, n: 3, x: null, a.b{}: null, m: null"), "{}", lines[1]);
        assert!(lines[2].contains("n: null, x: 1.0, a.b{}: \"7\", m: [\"r\"]"), "{}", lines[2]);
        let none = file(&Batch::new(0)).unwrap();
        assert!(none.starts_with(b"PAR1"));
    }
}
