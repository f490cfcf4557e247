//! A list of waits behind a feature flag, in code that nobody wants to take apart.
//!
//! ```text
//! cargo run --example do_the_thing
//! cargo run --example do_the_thing -- --failures 3
//! ```
//!
//! After Ben Nadel, "Creating A Poor Man's Exponential Backoff And Retry Algorithm In Legacy Code": the waits are
//! written out, so nobody has to do the maths, and their number is the number of attempts. What the attribute turns the
//! method into stands in `do_the_thing-expanded.rs`.

use clap::Parser;
use retry_core::retry;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::Instant;

/// What can be switched while the program runs, or at least between two releases.
struct Flags {
    backoff: bool,
}

struct Legacy {
    api: SocketAddr,
    flags: Flags,
}

impl Legacy {
    /// Does the thing, which needs a brittle network connection.
    #[retry(
        schedule = [1s, 2s, 4s, 8s, 16s, 32s, 64s, 0],
        jitter = 0.2,
        on = is_retryable,
        enabled = self.flags.backoff,
    )]
    fn do_the_thing(&self, id: u32) -> io::Result<String> {
        let mut connection = TcpStream::connect(self.api)?;
        writeln!(connection, "do the thing {id}")?;
        let mut answer = String::new();
        BufReader::new(connection).read_line(&mut answer)?;
        if answer.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(answer.trim_end().to_owned())
    }
}

/// A connection that broke may work the next time; a name that is wrong stays wrong.
fn is_retryable(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::TimedOut
    )
}

/// A remote API that hangs up on its first callers.
fn serve(listener: &TcpListener, failures: u32) {
    let mut calls = 0;
    for connection in listener.incoming().flatten() {
        calls += 1;
        if calls <= failures {
            println!("   API: call {calls}, hanging up");
            continue;
        }
        println!("   API: call {calls}, answering");
        let mut request = String::new();
        let answered = BufReader::new(&connection)
            .read_line(&mut request)
            .and_then(|_| writeln!(&connection, "done: {}", request.trim_end()));
        if let Err(error) = answered {
            eprintln!("   API: {error}");
        }
    }
}

/// Calls a brittle API with the flag off, then with the flag on.
#[derive(Parser)]
struct Arguments {
    /// How many calls in a row the API hangs up on.
    #[arg(long, default_value_t = 2)]
    failures: u32,
}

fn call(api: SocketAddr, backoff: bool) -> bool {
    println!("flag {}:", if backoff { "on" } else { "off" });
    let legacy = Legacy {
        api,
        flags: Flags { backoff },
    };
    let started = Instant::now();
    let outcome = legacy.do_the_thing(4);
    let seconds = started.elapsed().as_secs_f64();
    match &outcome {
        Ok(answer) => println!("   {answer:?} after {seconds:.1} s"),
        Err(error) => println!("   failed after {seconds:.1} s: {error}"),
    }
    outcome.is_ok()
}

fn main() -> ExitCode {
    let Arguments { failures } = Arguments::parse();
    for backoff in [false, true] {
        // An API of its own for each, so that both meet the same failures.
        let listener = match TcpListener::bind("127.0.0.1:0") {
            Ok(listener) => listener,
            Err(error) => {
                eprintln!("no port on the loopback interface: {error}");
                return ExitCode::from(2);
            }
        };
        let api = match listener.local_addr() {
            Ok(api) => api,
            Err(error) => {
                eprintln!("the port has no address: {error}");
                return ExitCode::from(2);
            }
        };
        std::thread::spawn(move || serve(&listener, failures));
        if !call(api, backoff) && backoff {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
