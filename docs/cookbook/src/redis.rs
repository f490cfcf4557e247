//! A server that speaks as much of Redis' protocol as a client needs to ask for a value.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Starts a server that hangs up at the first so many `GET`s, and gives `value` to those that follow. Returns its address.
///
/// # Panics
///
/// If this machine has no port.
pub fn redis_server(hang_ups: u32, value: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the port");
    thread::spawn(move || {
        let mut hang_ups = hang_ups;
        // One connection after the other: the client has one at a time.
        for stream in listener.incoming() {
            // A client may hang up whenever it likes.
            let _ = stream.and_then(|stream| serve(&stream, &mut hang_ups, value));
        }
    });
    format!("redis://{address}")
}

fn serve(mut stream: &TcpStream, hang_ups: &mut u32, value: &str) -> io::Result<()> {
    let mut input = BufReader::new(stream);
    loop {
        let command = command(&mut input)?;
        if command != "GET" {
            stream.write_all(b"+OK\r\n")?;
        } else if *hang_ups > 0 {
            *hang_ups -= 1;
            return Ok(());
        } else {
            write!(stream, "${}\r\n{value}\r\n", value.len())?;
        }
    }
}

/// The name of the next command, whose arguments are skipped.
fn command(input: &mut BufReader<&TcpStream>) -> io::Result<String> {
    let mut words = (0..number(input)?).map(|_| {
        let mut word = vec![0; number(input)?];
        input.read_exact(&mut word)?;
        line(input)?;
        Ok(String::from_utf8_lossy(&word).to_uppercase())
    });
    let name = words.next().unwrap_or_else(|| Ok(String::new()))?;
    words.try_for_each(|word: io::Result<String>| word.map(drop))?;
    Ok(name)
}

/// The number after the first character of a line: `*3`, `$5`.
fn number(input: &mut BufReader<&TcpStream>) -> io::Result<usize> {
    let line = line(input)?;
    line.get(1..)
        .and_then(|number| number.trim_end().parse().ok())
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn line(input: &mut BufReader<&TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(line)
}
