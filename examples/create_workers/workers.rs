//! The workers of a CSV file: in a header and rows, out what the API is to create.

use csv::{ByteRecord, StringRecord, Trim};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

const NAME: &str = "friendlyName";
const LISTS: [&str; 2] = ["roles", "skills"];

/// What some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Serializes as the fields of the form that creates it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Worker {
    pub friendly_name: String,
    /// A JSON object.
    #[serde(serialize_with = "json_text")]
    pub attributes: Value,
}

/// A form has no nesting, so the attributes travel as text.
fn json_text<S: Serializer>(attributes: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(attributes)
}

/// What a file holds: rows that are workers, and rows that are not.
#[derive(Debug)]
pub struct Rows {
    pub workers: Vec<Worker>,
    pub malformed: Vec<Malformed>,
}

#[derive(Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Malformed {
    pub line: usize,
    pub reason: String,
}

#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    Header(#[from] csv::Error),
    #[error("there is no column `{NAME}`")]
    NoNameColumn,
}

pub fn read_file(path: &Path) -> Result<Rows, CsvError> {
    read(&fs::read(path)?)
}

/// Reads every row; one that is malformed does not keep the others from being read.
pub fn read(csv: &[u8]) -> Result<Rows, CsvError> {
    let csv = csv.strip_prefix(BYTE_ORDER_MARK).unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new()
        .trim(Trim::All)
        .flexible(true)
        .from_reader(csv);
    let header = reader.headers()?.clone();
    if !header.iter().any(|column| column == NAME) {
        return Err(CsvError::NoNameColumn);
    }
    let mut rows = Rows {
        workers: Vec::new(),
        malformed: Vec::new(),
    };
    let mut lines = Lines {
        csv,
        passed: 0,
        breaks: 0,
    };
    for record in reader.byte_records() {
        let record = record?;
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.at(usize::try_from(start).unwrap_or(csv.len()));
        match worker(&header, record) {
            Ok(worker) => rows.workers.push(worker),
            Err(reason) => rows.malformed.push(Malformed { line, reason }),
        }
    }
    Ok(rows)
}

/// Counts lines, each byte once. The reader has numbers of its own, but it begins a row where the last one ended: before
/// the line feed of a CR LF, and before empty lines.
struct Lines<'a> {
    csv: &'a [u8],
    passed: usize,
    breaks: usize,
}

impl Lines<'_> {
    /// The line of the row that begins here; each row begins after the last.
    fn at(&mut self, start: usize) -> usize {
        let rest = self.csv.get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| b"\r\n".contains(byte));
        let start = start + blank.count();
        let passed = self.csv.get(self.passed..start).unwrap_or_default();
        self.breaks += passed.iter().filter(|byte| **byte == b'\n').count();
        self.passed = start;
        1 + self.breaks
    }
}

fn worker(header: &StringRecord, record: ByteRecord) -> Result<Worker, String> {
    if record.len() != header.len() {
        let (fields, columns) = (record.len(), header.len());
        return Err(format!("{columns} fields expected, {fields} found"));
    }
    let record = StringRecord::from_byte_record(record)
        .map_err(|error| format!("field {} is not UTF-8", error.utf8_error().field() + 1))?;
    let mut friendly_name = String::new();
    let mut attributes = Map::new();
    for (column, field) in header.iter().zip(&record) {
        if column == NAME {
            field.clone_into(&mut friendly_name);
        } else if LISTS.contains(&column) {
            attributes.insert(column.to_owned(), list(field));
        } else {
            attributes.insert(column.to_owned(), field.into());
        }
    }
    if friendly_name.is_empty() {
        return Err(format!("no {NAME}"));
    }
    Ok(Worker {
        friendly_name,
        attributes: attributes.into(),
    })
}

fn list(field: &str) -> Value {
    let entries = field.split(',').map(str::trim);
    entries.filter(|entry| !entry.is_empty()).collect()
}

/// Writes the workers as a file that is read as the same. What is in the file already is gone.
pub fn write<'a>(
    workers: impl Iterator<Item = &'a Worker> + Clone,
    mut file: File,
) -> Result<(), csv::Error> {
    let attributes = workers
        .clone()
        .filter_map(|worker| worker.attributes.as_object());
    let columns: BTreeSet<_> = attributes.flat_map(Map::keys).collect();
    file.set_len(0)?;
    let mut writer = csv::Writer::from_writer(&mut file);
    writer.write_field(NAME)?;
    writer.write_record(&columns)?;
    for worker in workers {
        writer.write_field(&worker.friendly_name)?;
        writer.write_record(
            columns
                .iter()
                .map(|column| field(&worker.attributes[column])),
        )?;
    }
    writer.flush()?;
    Ok(())
}

/// The field that is read as this attribute.
fn field(attribute: &Value) -> String {
    match attribute {
        Value::Array(entries) => entries.iter().map(field).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
