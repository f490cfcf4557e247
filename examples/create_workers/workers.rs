//! The workers of a CSV file: in a header and rows, out what the API is to create.

use csv::{ByteRecord, StringRecord, Trim};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
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
    #[error("it is UTF-16: save it as UTF-8")]
    Utf16,
    #[error("line {line}: a quote that begins here is never closed")]
    OpenQuote { line: usize },
    #[error("there is no column `{NAME}`{hint}: {}", columns(.found))]
    NoNameColumn { found: StringRecord, hint: String },
    #[error("there are two columns `{0}`")]
    TwoColumns(String),
    #[error("it is empty")]
    Empty,
    #[error("it is empty but for its header")]
    NoRows,
}

/// What is in the file; `-` is standard input.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return fs::read(path);
    }
    let mut csv = Vec::new();
    io::stdin().lock().read_to_end(&mut csv)?;
    Ok(csv)
}

/// Reads every row; one that is malformed does not keep the others from being read.
pub fn read(csv: &[u8]) -> Result<Rows, CsvError> {
    let csv = csv.strip_prefix(BYTE_ORDER_MARK).unwrap_or(csv);
    if csv.trim_ascii().is_empty() {
        return Err(CsvError::Empty);
    }
    // Half of each character that every name has is 0; text has none.
    if csv
        .iter()
        .take(4)
        .any(|byte| [0, 0xff, 0xfe].contains(byte))
    {
        return Err(CsvError::Utf16);
    }
    if let Some(line) = open_quote(csv) {
        return Err(CsvError::OpenQuote { line });
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(Trim::All)
        .flexible(true)
        .from_reader(csv);
    let header = check(reader.headers()?)?.clone();
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
    if rows.workers.is_empty() && rows.malformed.is_empty() {
        return Err(CsvError::NoRows);
    }
    Ok(rows)
}

/// Each column once, and that of the names among them.
fn check(header: &StringRecord) -> Result<&StringRecord, CsvError> {
    let mut columns = HashSet::new();
    if let Some(twice) = header.iter().find(|column| !columns.insert(*column)) {
        return Err(CsvError::TwoColumns(twice.to_owned()));
    }
    if columns.contains(NAME) {
        return Ok(header);
    }
    let likely = header
        .iter()
        .find(|column| column.eq_ignore_ascii_case(NAME));
    let separator = header
        .iter()
        .find_map(|column| column.find([';', '\t']).map(|at| &column[at..=at]));
    let hint = match (likely, separator) {
        (Some(likely), _) => format!(", only `{likely}`"),
        (None, Some("\t")) => ", and the separator is a tab where a comma is expected".to_owned(),
        (None, Some(separator)) => {
            format!(", and the separator is `{separator}` where a comma is expected")
        }
        (None, None) => String::new(),
    };
    Err(CsvError::NoNameColumn {
        found: header.clone(),
        hint,
    })
}

fn columns(found: &StringRecord) -> String {
    let columns: Vec<_> = found.iter().map(|column| format!("`{column}`")).collect();
    let (is, s) = if columns.len() == 1 {
        ("is", "")
    } else {
        ("are", "s")
    };
    format!("the column{s} {is} {}", columns.join(", "))
}

/// The line in which a quote begins that is still open at the end.
fn open_quote(csv: &[u8]) -> Option<usize> {
    enum At {
        Start,
        Plain,
        Quoted(usize),
        /// After a quote in a quoted field: its end, or the first of two that stand for one.
        Quote(usize),
    }
    let (mut at, mut line) = (At::Start, 1);
    for byte in csv {
        at = match (at, byte) {
            (At::Start, b'"') => At::Quoted(line),
            (At::Quoted(opened), b'"') => At::Quote(opened),
            (At::Quote(opened), b'"') => At::Quoted(opened),
            (At::Quoted(opened), _) => At::Quoted(opened),
            (_, b',' | b'\r' | b'\n') => At::Start,
            _ => At::Plain,
        };
        line += usize::from(*byte == b'\n');
    }
    match at {
        At::Quoted(opened) => Some(opened),
        _ => None,
    }
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
