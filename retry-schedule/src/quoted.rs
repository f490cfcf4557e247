//! Text of others in lines of ours. A text goes in; it comes out in quotes, as one line that shows what is in it, and no longer
//! than a log can bear. Error texts and events all quote by this.

use core::fmt::{self, Write as _};

/// The longest that a text of others may be, in bytes: what is longer is cut.
pub const MAX_QUOTED: usize = 1_024;

/// A text in quotes. Control characters, those that change the direction of a line or begin another, the backslash and the
/// quote are escaped as in Rust. A text that would be longer than [`MAX_QUOTED`] is cut before a character, and a `…` behind
/// the closing quote says so.
#[derive(Debug, Clone, Copy)]
pub struct Quoted<T> {
    text: T,
    quote: char,
}

/// The text in `"`.
pub fn quoted<T: AsRef<str>>(text: T) -> Quoted<T> {
    Quoted { text, quote: '"' }
}

/// The text in backticks, as error texts show what was written.
pub(crate) fn ticked<T: AsRef<str>>(text: T) -> Quoted<T> {
    Quoted { text, quote: '`' }
}

impl<T: AsRef<str>> fmt::Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(self.quote)?;
        let mut left = MAX_QUOTED;
        let mut is_cut = false;
        for c in self.text.as_ref().chars() {
            let escape = Escape::of(c, self.quote);
            let Some(rest) = left.checked_sub(escape.length(c)) else {
                is_cut = true;
                break;
            };
            left = rest;
            match escape {
                Escape::None => f.write_char(c)?,
                Escape::Backslash => write!(f, "\\{c}")?,
                Escape::Name => write!(f, "{}", c.escape_default())?,
            }
        }
        f.write_char(self.quote)?;
        if is_cut {
            f.write_char('…')?;
        }
        Ok(())
    }
}

enum Escape {
    None,
    /// `\"`
    Backslash,
    /// `\n` or `\u{202e}`
    Name,
}

impl Escape {
    fn of(c: char, quote: char) -> Self {
        match c {
            '\\' => Self::Backslash,
            c if c == quote => Self::Backslash,
            c if c.is_control() => Self::Name,
            // Marks, embeddings, overrides and isolates of text that runs both ways, and the separators of lines and
            // paragraphs.
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => Self::Name,
            _ => Self::None,
        }
    }

    /// How many bytes the character takes.
    fn length(&self, c: char) -> usize {
        match self {
            Self::None => c.len_utf8(),
            Self::Backslash => 2,
            Self::Name => c.escape_default().len(),
        }
    }
}
