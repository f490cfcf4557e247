//! The terminal: how wide it is, what may be written to it as it came from elsewhere, and what became of what was written.
//!
//! Text flows in, styled with `anstyle` or not. It flows out to standard output or standard error, without the styles
//! where there are no colours, and wrapped where there is a terminal that is too narrow for it.

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::fmt;
use std::future;
use std::io::{self, ErrorKind, Write as _};
use std::sync::OnceLock;
use terminal_size::{Height, Width, terminal_size_of};
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter};
use tokio::sync::Notify;
use unicode_width::UnicodeWidthChar as _;

/// How what went well is shown, and what did not.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
pub const BAD: Style = AnsiColor::Red.on_default();

/// The width of what is no terminal.
const WIDTH: usize = 80;

/// How many characters [`shown`] gives at most.
const LONGEST: usize = 300;

/// What first kept a line from being written to standard output: later lines are not tried.
static FAILURE: OnceLock<io::Error> = OnceLock::new();
static FAILED: Notify = Notify::const_new();

/// How many columns standard output has.
pub fn width() -> usize {
    columns(terminal_size_of(io::stdout())).unwrap_or(WIDTH)
}

/// How many columns standard error has.
pub fn stderr_width() -> usize {
    columns(terminal_size_of(io::stderr())).unwrap_or(WIDTH)
}

/// The text as standard output may show it: without its styles where there are no colours, or where `NO_COLOR` is set.
pub fn coloured(text: &str) -> Cow<'_, str> {
    match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => strip_str(text).to_string().into(),
        _ => text.into(),
    }
}

/// Writes a line to standard error. Where nobody reads it any more, the work goes on nevertheless.
pub fn say(line: impl fmt::Display) {
    let line = line.to_string();
    let line = wrapped(&line, columns(terminal_size_of(io::stderr())));
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Writes a line, or several, to standard output, and tells whether they were written.
///
/// Whoever closes the pipe early has read enough. Anything else that keeps a line from being written ends
/// [`unwritable`], and is what [`unwritten`] gives.
pub fn tell(lines: impl fmt::Display) -> bool {
    if !is_read() {
        return false;
    }
    let lines = lines.to_string();
    let lines = wrapped(&lines, columns(terminal_size_of(io::stdout())));
    let mut stdout = anstream::stdout().lock();
    let written = writeln!(stdout, "{lines}").and_then(|()| stdout.flush());
    written.map_err(fail).is_ok()
}

/// Whether what is told may still be read by somebody.
pub fn is_read() -> bool {
    FAILURE.get().is_none()
}

/// Why something was not written to standard output, other than that nobody reads it any more.
pub fn unwritten() -> Option<&'static io::Error> {
    FAILURE
        .get()
        .filter(|error| error.kind() != ErrorKind::BrokenPipe)
}

/// Ends when [`unwritten`] has a reason to give, so that nobody works for hours for lines that go nowhere.
pub async fn unwritable() {
    FAILED.notified().await;
    if unwritten().is_none() {
        future::pending::<()>().await;
    }
}

fn fail(error: io::Error) {
    let _ = FAILURE.set(error);
    FAILED.notify_one();
}

/// Text of others, such as an answer, a name or an error, as a terminal may show it: what a terminal would obey or what
/// would change the order of the characters around it is escaped, and what is too long ends in `…`.
pub fn shown(text: &str) -> String {
    let escaped = text.chars().flat_map(|character| {
        let escape = is_unsafe(character).then(|| character.escape_default());
        let as_it_is = escape.is_none().then_some(character);
        escape.into_iter().flatten().chain(as_it_is)
    });
    let mut shown: Vec<char> = escaped.take(LONGEST + 1).collect();
    if shown.len() > LONGEST {
        shown.truncate(LONGEST - 1);
        shown.push('…');
    }
    shown.into_iter().collect()
}

/// Control characters, those that set the direction of writing, those that end a line, and those that nobody sees. Of the
/// last, the two that join letters stay: names are written with them.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text without styles in no more than so many columns; what is too long ends in `…`.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if display_width(text) <= columns {
        return text.into();
    }
    let mut left = columns.saturating_sub(1);
    let kept: String = text
        .chars()
        .take_while(|character| {
            let rest = left.checked_sub(character.width().unwrap_or(0));
            left = rest.unwrap_or(0);
            rest.is_some()
        })
        .collect();
    let end = if columns > 0 { "…" } else { "" };
    (kept + end).into()
}

/// A text without styles in exactly so many columns: cut, or with spaces after it.
pub fn cell(text: &str, columns: usize) -> String {
    let text = fit(text, columns);
    let missing = columns.saturating_sub(display_width(&text));
    format!("{text}{:missing$}", "")
}

fn columns(size: Option<(Width, Height)>) -> Option<usize> {
    size.map(|(Width(columns), _)| columns.into())
}

/// Breaks the lines that are too long between words, and indents what follows.
fn wrapped(lines: &str, columns: Option<usize>) -> Cow<'_, str> {
    let Some(columns) = columns else {
        return lines.into();
    };
    if lines.lines().all(|line| display_width(line) <= columns) {
        return lines.into();
    }
    let wrapped: Vec<_> = lines
        .split('\n')
        .map(|line| {
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let indent = " ".repeat((spaces + 2).min(columns / 2));
            let options = Options::new(columns)
                .subsequent_indent(&indent)
                .word_splitter(WordSplitter::NoHyphenation);
            textwrap::fill(line, options)
        })
        .collect();
    wrapped.join("\n").into()
}
