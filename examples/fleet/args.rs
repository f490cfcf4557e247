//! What the command line says.

use crate::common::http_url;
use clap::{Args as Group, Parser, Subcommand};
use reqwest::Url;
use std::num::NonZeroU32;

/// Creates workers through a rate-limited API, with several processes that share a queue of NATS JetStream and one rate.
///
/// Without a command, it shows all of it on this machine: it starts a server, an API and worker processes, kills a process every
/// second and the server once, and counts what was created.
///
/// Ends with status 0 if every worker was created, 1 if one is missing, 2 if it could not start, 130 after Ctrl-C.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub show: Show,
}

#[derive(Group, Clone)]
pub struct Show {
    /// Use the server at this address, and do not kill it [default: starts one]
    #[arg(long, value_name = "URL")]
    pub nats: Option<String>,

    /// How many worker processes there are
    #[arg(long, value_name = "N", default_value = "4")]
    pub processes: NonZeroU32,

    /// How many workers are created
    #[arg(long, value_name = "N", default_value = "500")]
    pub workers: NonZeroU32,

    /// How many requests a second the API accepts
    #[arg(long, value_name = "R", default_value = "30")]
    pub rate: NonZeroU32,
}

#[derive(Subcommand)]
pub enum Command {
    /// Only publish the jobs
    Enqueue {
        #[command(flatten)]
        server: Server,

        /// How many
        #[arg(long, value_name = "N", default_value = "500")]
        workers: NonZeroU32,
    },
    /// Only work on jobs, until Ctrl-C
    Work(Work),
    /// Count the jobs
    Status {
        #[command(flatten)]
        server: Server,
    },
    /// Look after jobs that ended without success
    Dead {
        #[command(subcommand)]
        what: Dead,
    },
    /// Only be the API, until Ctrl-C
    Api {
        /// Where it listens
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
        listen: String,

        /// How many requests a second it accepts
        #[arg(long, value_name = "R", default_value = "30")]
        rate: NonZeroU32,
    },
}

#[derive(Group)]
pub struct Work {
    #[command(flatten)]
    pub server: Server,

    /// The API, at an http:// address
    #[arg(long, value_parser = http_url, default_value = "http://127.0.0.1:8080")]
    pub api: Url,

    /// How many requests a second the whole fleet makes
    #[arg(long, value_name = "R", default_value = "30")]
    pub rate: NonZeroU32,

    /// Stop where standard input ends, as it does with the process that started this one
    #[arg(long, hide = true)]
    pub until_eof: bool,
}

#[derive(Subcommand)]
pub enum Dead {
    /// Show them
    List {
        #[command(flatten)]
        server: Server,
    },
    /// Publish their jobs anew, with all attempts before them
    Retry {
        #[command(flatten)]
        server: Server,
    },
}

#[derive(Group)]
pub struct Server {
    /// The server
    #[arg(long, value_name = "URL", default_value = "nats://127.0.0.1:4222")]
    pub nats: String,
}
