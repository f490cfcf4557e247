//! The command line.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Every retry of a code base at a glance
///
/// Ends with status 0, with 1 if `check` finds something, and with 2 if it could not begin or its text could not be
/// written.
#[derive(Debug, Parser)]
#[command(
    name = "cargo retry",
    bin_name = "cargo retry",
    version,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) list: ListArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists every `#[retry]` and `retry_block!` of the workspace (this is the default)
    List(ListArgs),
    /// Finds functions that retry and call functions that retry
    Nested(NestedArgs),
    /// Checks every retry against rules, for CI; what deserves a second look is a note
    Check(CheckArgs),
    /// Shows the loop of one site
    Expand(ExpandArgs),
    /// Draws schedules as timelines
    Plot(PlotArgs),
    /// Simulates what many clients together do to a service
    Simulate(SimulateArgs),
    /// Serves a page to try schedules on, at a port of this machine
    Play(PlayArgs),
}

#[derive(Debug, Default, Args)]
pub(crate) struct WorkspaceArgs {
    /// The Cargo.toml of the workspace [default: the nearest]
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<Utf8PathBuf>,

    /// Only these packages
    #[arg(long, short, value_name = "NAME")]
    pub(crate) package: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,

    #[command(flatten)]
    pub(crate) format: FormatArgs,

    /// Whether the table has colours
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct FormatArgs {
    /// JSON, in the form of docs/list.schema.json
    #[arg(long)]
    pub(crate) json: bool,

    /// A table for a page in Markdown
    #[arg(long)]
    pub(crate) markdown: bool,

    /// SARIF 2.1.0, for code scanning
    #[arg(long)]
    pub(crate) sarif: bool,

    /// Annotations of GitHub Actions
    #[arg(long)]
    pub(crate) github: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NestedArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,

    /// An index of the workspace, as `rust-analyzer scip .` writes it: calls are then resolved, not matched by name
    #[arg(long, value_name = "FILE")]
    pub(crate) scip: Option<Utf8PathBuf>,

    /// Also what only tests and benchmarks run
    #[arg(long)]
    pub(crate) tests: bool,

    /// JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Shows which clients are known to retry by themselves, with sources
    #[arg(long)]
    pub(crate) clients: bool,
}

/// Each rule may also stand in [workspace.metadata.retry], as max-worst-case = "30s"
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,

    /// No function may wait longer than this
    #[arg(long, value_name = "DURATION")]
    pub(crate) max_worst_case: Option<String>,

    /// No function may make more attempts than this
    #[arg(long, value_name = "N")]
    pub(crate) max_attempts: Option<usize>,

    /// No function that retries may call another that does, as far as names tell
    #[arg(long)]
    pub(crate) no_nested: bool,

    /// Every retry needs a budget
    #[arg(long)]
    pub(crate) require_budget: bool,

    /// No two retries may have the same name
    #[arg(long)]
    pub(crate) unique_names: bool,

    /// Notes each list that may be over before this time is
    #[arg(long, value_name = "DURATION")]
    pub(crate) limiter_window: Option<String>,

    /// Also what only tests and benchmarks run
    #[arg(long)]
    pub(crate) tests: bool,

    /// Annotations of GitHub Actions
    #[arg(long)]
    pub(crate) github: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExpandArgs {
    /// The name of the function, with as much of its path as tells it from others
    pub(crate) function: String,

    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// In a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

/// Ends with status 0 if it is drawn, 2 if an argument is wrong or the picture cannot be written.
#[derive(Debug, Args)]
pub(crate) struct PlotArgs {
    /// What stands behind `schedule =`: a list such as '1s, 2s, 4s, 0', a shape such as
    /// 'exponential(1s, retries = 4)', or the name of a function that retries
    #[arg(required = true, value_name = "SCHEDULE")]
    pub(crate) schedules: Vec<String>,

    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,

    /// When the task is done, such as 10s: the first call from then on notices, and is the last
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub(crate) done_at: Option<String>,

    /// Also show where each check may fall: a number from 0 (nowhere else) to 1 (±100 %), full or equal [default: 0; that of
    /// the function where a name is given]
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) jitter: Option<String>,

    /// Also write the picture, an SVG, to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<Utf8PathBuf>,
}

/// Jitter is drawn from the operating system, so no two runs are alike; without jitter all are
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// What stands behind `schedule =`, or the name of a function that retries
    #[arg(value_name = "SCHEDULE")]
    pub(crate) schedule: String,

    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,

    /// How many clients begin at once
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) clients: u32,

    /// How many requests the service takes: 30/s, 300/m
    #[arg(long, value_name = "RATE", default_value = "30/s")]
    pub(crate) rate: String,

    /// How many it takes at once after a rest
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) burst: u32,

    /// A number from 0 to 1, full or equal [default: 0.2; that of the function where a name is given]
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub(crate) jitter: Option<String>,

    /// The budget that the clients share: aws, grpc(TOKENS, RATIO) or percent(RATIO, RESERVE)
    #[arg(long, value_name = "BUDGET", default_value = "percent(0.1, 10)")]
    pub(crate) budget: String,

    /// JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The page takes nothing from elsewhere, and is for this machine only
#[derive(Debug, Args)]
pub(crate) struct PlayArgs {
    /// The port on 127.0.0.1; 0 is any that is free
    #[arg(long, value_name = "PORT", default_value_t = 4040)]
    pub(crate) port: u16,
}
