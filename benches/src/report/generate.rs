//! Packages that are written, built and measured: a function as each contender has it, once or five hundred times.

use super::root;
use crate::machine::{MANIFEST_DIR, run, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A way to write a retried function.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub name: &'static str,
    pub dependencies: &'static [&'static str],
    /// What stands before the functions.
    prelude: &'static str,
    /// A function, around `BODY`, whose number is `INDEX`.
    sync: Option<&'static str>,
    asynchronous: Option<&'static str>,
}

const TOKIO: &str = "tokio = { version = \"1\", features = [\"rt\", \"time\"] }";
pub const RETRY_CORE: &str = "retry-core = { path = \"ROOT/retry-core\" }";

impl Kind {
    pub const BARE: &str = "bare call";
    /// With this crate's jitter and sleepers, so that nothing differs but the loop.
    pub const BY_HAND: &str = "by hand, our jitter";
    pub const THIS_CRATE: &str = "this crate";
    pub const WRITTEN_OUT: &str = "this crate, written out";
    pub const ATTRIBUTE: &str = "backon-macros";

    pub fn named(name: &str) -> Self {
        if name == Self::WRITTEN_OUT {
            return Self::named(Self::THIS_CRATE).written_out();
        }
        let kind = KINDS.into_iter().find(|kind| kind.name == name);
        kind.expect("a kind of that name")
    }
}

const BACKON_PRELUDE: &str = "\
fn builder() -> backon::ExponentialBuilder {
    backon::ExponentialBuilder::new()
        .with_min_delay(Duration::from_secs(1))
        .with_factor(2.0)
        .with_max_delay(Duration::from_secs(8))
        .with_max_times(4)
        .with_jitter()
}
";

const OWN_JITTER: &str = "\
fn jitter(backoff: Duration) -> Duration {
    backoff.mul_f64(0.8 + 0.4 * fastrand::f64())
}
";

/// The loop that a good programmer writes, around a function of its own for the body.
macro_rules! by_hand {
    ($async:literal, $await:literal, $sleep:literal) => {
        concat!(
            $async,
            "fn once_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    BODY
}

",
            $async,
            "fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    const BACKOFFS: [Duration; 5] = [
        Duration::from_secs(1),
        Duration::from_secs(2),
        Duration::from_secs(4),
        Duration::from_secs(8),
        Duration::ZERO,
    ];

    for backoff in BACKOFFS {
        match once_INDEX(client, id)",
            $await,
            " {
            Ok(answer) => return Ok(answer),
            Err(error) if backoff.is_zero() || !is_retryable(&error) => return Err(error),
            Err(_) => {}
        }
        ",
            $sleep,
            $await,
            ";
    }
    unreachable!()
}",
        )
    };
}

pub const KINDS: [Kind; 11] = [
    Kind {
        name: Kind::BARE,
        dependencies: &[TOKIO],
        prelude: "",
        sync: Some(
            "fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    BODY
}",
        ),
        asynchronous: Some(
            "async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    BODY
}",
        ),
    },
    Kind {
        name: Kind::BY_HAND,
        dependencies: &[TOKIO, RETRY_CORE],
        prelude: "",
        sync: Some(by_hand!(
            "",
            "",
            "retry_core::sleep_blocking(retry_core::jitter(backoff, 0.2))"
        )),
        asynchronous: Some(by_hand!(
            "async ",
            ".await",
            "retry_core::sleep(retry_core::jitter(backoff, 0.2))"
        )),
    },
    Kind {
        name: "by hand",
        dependencies: &[TOKIO, "fastrand = \"2\""],
        prelude: OWN_JITTER,
        sync: None,
        asynchronous: Some(by_hand!(
            "async ",
            ".await",
            "tokio::time::sleep(jitter(backoff))"
        )),
    },
    Kind {
        name: Kind::THIS_CRATE,
        dependencies: &[TOKIO, RETRY_CORE],
        prelude: "use retry_core::retry;\n",
        sync: Some(
            "#[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0.2, on = is_retryable)]
fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    BODY
}",
        ),
        asynchronous: Some(
            "#[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0.2, on = is_retryable)]
async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    BODY
}",
        ),
    },
    Kind {
        name: "backon",
        dependencies: &[TOKIO, "backon = \"1\""],
        prelude: BACKON_PRELUDE,
        sync: None,
        asynchronous: Some(
            "async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    use backon::Retryable as _;
    (async || {
        BODY
    })
    .retry(builder())
    .when(is_retryable)
    .await
}",
        ),
    },
    Kind {
        name: Kind::ATTRIBUTE,
        dependencies: &[TOKIO, "backon = \"1\"", "backon-macros = \"1\""],
        prelude: BACKON_PRELUDE,
        sync: Some(
            "#[backon_macros::backon(backoff = builder, when = is_retryable)]
fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    BODY
}",
        ),
        asynchronous: Some(
            "#[backon_macros::backon(backoff = builder, when = is_retryable)]
async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    BODY
}",
        ),
    },
    Kind {
        name: "tokio-retry2",
        dependencies: &[
            TOKIO,
            "tokio-retry2 = { version = \"0.9\", features = [\"jitter\"] }",
        ],
        prelude: "use tokio_retry2::{Retry, RetryError, strategy};\n",
        sync: None,
        asynchronous: Some(
            "async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    let strategy = strategy::ExponentialFactorBackoff::from_millis(1_000, 2.0)
        .map(strategy::jitter_with_bounds(0.8, 1.2))
        .take(4);
    let judge = |error: ApiError| {
        if is_retryable(&error) {
            RetryError::transient(error)
        } else {
            RetryError::permanent(error)
        }
    };
    Retry::spawn(strategy, async || {
        let answer: Result<u64, ApiError> = async { BODY }.await;
        answer.map_err(judge)
    })
    .await
}",
        ),
    },
    Kind {
        name: "tryhard",
        dependencies: &[TOKIO, "tryhard = \"0.5\"", "fastrand = \"2\""],
        prelude: OWN_JITTER,
        sync: None,
        asynchronous: Some(
            "async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    tryhard::retry_fn(async || { BODY })
        .retries(4)
        .custom_backoff(|attempt: u32, error: &ApiError| {
            if is_retryable(error) {
                tryhard::RetryPolicy::Delay(jitter(Duration::from_secs(1 << (attempt - 1))))
            } else {
                tryhard::RetryPolicy::Break
            }
        })
        .await
}",
        ),
    },
    Kind {
        name: "again",
        dependencies: &[TOKIO, "again = \"0.1\""],
        prelude: "",
        sync: None,
        asynchronous: Some(
            "async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    again::RetryPolicy::exponential(Duration::from_secs(1))
        .with_jitter(true)
        .with_max_retries(4)
        .retry_if(async || { BODY }, is_retryable)
        .await
}",
        ),
    },
    Kind {
        name: "backoff",
        dependencies: &[
            TOKIO,
            "backoff = { version = \"0.4\", features = [\"tokio\"] }",
        ],
        prelude: "use backoff::ExponentialBackoffBuilder;\n",
        sync: None,
        asynchronous: Some(
            "async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    let strategy = ExponentialBackoffBuilder::new()
        .with_initial_interval(Duration::from_secs(1))
        .with_multiplier(2.0)
        .with_max_interval(Duration::from_secs(8))
        .with_randomization_factor(0.2)
        .with_max_elapsed_time(Some(Duration::from_secs(15)))
        .build();
    let judge = |error: ApiError| {
        if is_retryable(&error) {
            backoff::Error::transient(error)
        } else {
            backoff::Error::permanent(error)
        }
    };
    backoff::future::retry(strategy, async || {
        let answer: Result<u64, ApiError> = async { BODY }.await;
        answer.map_err(judge)
    })
    .await
}",
        ),
    },
    Kind {
        name: "tower",
        dependencies: &[
            TOKIO,
            "tower = { version = \"0.5\", features = [\"retry\", \"util\"] }",
            "fastrand = \"2\"",
        ],
        prelude: "\
use tower::ServiceExt as _;

fn jitter(backoff: Duration) -> Duration {
    backoff.mul_f64(0.8 + 0.4 * fastrand::f64())
}

#[derive(Clone)]
struct Schedule {
    attempt: u32,
}

impl tower::retry::Policy<u32, u64, ApiError> for Schedule {
    type Future = tokio::time::Sleep;

    fn retry(&mut self, _: &mut u32, result: &mut Result<u64, ApiError>) -> Option<Self::Future> {
        match result {
            Err(error) if self.attempt < 4 && is_retryable(error) => {
                let backoff = Duration::from_secs(1 << self.attempt);
                self.attempt += 1;
                Some(tokio::time::sleep(jitter(backoff)))
            }
            _ => None,
        }
    }

    fn clone_request(&mut self, id: &u32) -> Option<u32> {
        Some(*id)
    }
}
",
        sync: None,
        asynchronous: Some(
            "async fn site_INDEX(client: &Client, id: u32) -> Result<u64, ApiError> {
    let service = tower::service_fn(async |id: u32| { BODY });
    tower::retry::Retry::new(Schedule { attempt: 0 }, service).oneshot(id).await
}",
        ),
    },
];

const WORK: &str = "\
#![allow(dead_code, unused_imports, unused_variables)]

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

struct Client;

#[derive(Debug)]
enum ApiError {
    Busy,
    Status(u16, String),
}

fn is_retryable(error: &ApiError) -> bool {
    matches!(error, ApiError::Busy)
}

impl Client {
    #[inline(never)]
    async fn post(&self, path: &str, id: u32) -> Result<u64, ApiError> {
        tokio::task::yield_now().await;
        self.post_now(path, id)
    }

    #[inline(never)]
    fn post_now(&self, path: &str, id: u32) -> Result<u64, ApiError> {
        match id {
            0 => Err(ApiError::Busy),
            3 => Err(ApiError::Status(404, path.to_owned())),
            _ => Ok(4),
        }
    }
}
";

/// Each function differs from the others, or the linker could make one of them.
const BODY: &str = "\
let answer = client.POST(\"/INDEX\", id + INDEX)WAIT?;
    if answer == INDEX {
        return Err(ApiError::Status(INDEX, String::new()));
    }
    Ok(answer + INDEX)";

/// Every function is in a table, so that none is dropped, and an async one behind a box: else the runtime itself would be
/// compiled once for each.
const SYNC_MAIN: &str = "
static SITES: [fn(&Client, u32) -> Result<u64, ApiError>; COUNT] = [TABLE];

fn main() {
    let index = std::env::args().count();
    println!(\"{:?}\", SITES[index % COUNT](&Client, index as u32));
}
";

const ASYNC_MAIN: &str = "
type Site = for<'a> fn(&'a Client, u32) -> Pin<Box<dyn Future<Output = Result<u64, ApiError>> + 'a>>;

static SITES: [Site; COUNT] = [TABLE];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let index = std::env::args().count();
    println!(\"{:?}\", runtime.block_on(SITES[index % COUNT](&Client, index as u32)));
}
";

impl Kind {
    /// The same functions, with the loop in the place of the attribute: what they cost without the macro at work.
    fn written_out(self) -> Self {
        let expand = |site: &'static str| -> &'static str {
            let site = site.strip_prefix("#[retry(").expect("an attribute");
            let (keys, function) = site.split_once(")]").expect("its end");
            let [keys, function] = [keys, function].map(|text| text.parse().expect("tokens"));
            retry_macros_impl::attribute(keys, function)
                .to_string()
                .leak()
        };
        Self {
            name: Self::WRITTEN_OUT,
            sync: self.sync.map(expand),
            asynchronous: self.asynchronous.map(expand),
            ..self
        }
    }

    /// A program with so many functions; `None` where that is not to be had.
    pub fn program(&self, asynchronous: bool, count: usize) -> Option<String> {
        let (site, post, wait) = if asynchronous {
            (self.asynchronous?, "post", ".await")
        } else {
            (self.sync?, "post_now", "")
        };
        let body = BODY.replace("POST", post).replace("WAIT", wait);
        let site = site.replace("BODY", &body);
        let mut source = format!("{WORK}\n{}\n", self.prelude);
        let mut table = String::new();
        for index in 0..count {
            let index = index.to_string();
            source.push_str(&site.replace("INDEX", &index));
            source.push('\n');
            let entry = if asynchronous {
                "|client, id| Box::pin(site_INDEX(client, id)),\n"
            } else {
                "site_INDEX,\n"
            };
            table.push_str(&entry.replace("INDEX", &index));
        }
        let main = if asynchronous { ASYNC_MAIN } else { SYNC_MAIN };
        source.push_str(
            &main
                .replace("COUNT", &count.to_string())
                .replace("TABLE", &table),
        );
        Some(source)
    }
}

/// A package in the directory of generated ones.
#[derive(Debug)]
pub struct Package {
    name: String,
    directory: PathBuf,
}

/// Writes a package. Its versions are those of this workspace's lockfile.
pub fn package(name: &str, dependencies: &[&str], source: &str) -> Package {
    let directory = target().join("generated").join(name);
    fs::create_dir_all(directory.join("src")).expect("a directory");
    let root = root().to_str().expect("a path that is text");
    let dependencies = dependencies.join("\n").replace("ROOT", root);
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependencies}\n"
    );
    fs::write(directory.join("Cargo.toml"), &manifest).expect("a file");
    fs::write(directory.join("src/main.rs"), source).expect("a file");
    if manifest.contains("[build-dependencies]") {
        // Without a build script cargo builds none of them.
        fs::write(directory.join("build.rs"), "fn main() {}\n").expect("a file");
    }
    fs::copy(
        Path::new(MANIFEST_DIR).join("Cargo.lock"),
        directory.join("Cargo.lock"),
    )
    .expect("a lockfile");
    let package = Package {
        name: name.to_owned(),
        directory,
    };
    run(package.cargo("fetch").arg("--quiet"));
    package
}

impl Package {
    /// Cargo, in that package, with what was fetched and nothing else.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.arg(subcommand);
        cargo.current_dir(&self.directory);
        cargo.env("CARGO_TARGET_DIR", target().join("generated/target"));
        // Incremental compilation would hide what the expansion costs.
        cargo.env("CARGO_INCREMENTAL", "0");
        cargo
    }

    /// The release binary.
    pub fn build(&self, settings: &[(&str, &str)]) -> PathBuf {
        let mut cargo = self.cargo("build");
        cargo.args(["--release", "--quiet", "--offline"]);
        cargo.envs(settings.iter().copied());
        run(&mut cargo);
        target().join("generated/target/release").join(&self.name)
    }

    /// The debug binary.
    pub fn build_debug(&self) -> PathBuf {
        run(self.cargo("build").args(["--quiet", "--offline"]));
        target().join("generated/target/debug").join(&self.name)
    }

    /// Makes cargo take the package, and only it, as changed.
    pub fn touch(&self) {
        let main = fs::File::options()
            .append(true)
            .open(self.directory.join("src/main.rs"))
            .expect("a file");
        main.set_modified(std::time::SystemTime::now())
            .expect("a time");
    }
}

/// Runs a command, and gives the processor time that it and what it started took.
pub fn processor_time(command: &mut Command) -> Duration {
    let before = children();
    run(command);
    children().saturating_sub(before)
}

/// The processor time of all children that have ended, and of theirs. Linux counts it in hundredths of a second.
fn children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    // The name of the program, in parentheses, may have spaces.
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let ticks = |index: usize| -> u64 {
        let field = fields.split_whitespace().nth(index).expect("a field");
        field.parse().expect("a number")
    };
    // `cutime` and `cstime`, the 16th and 17th field of all.
    Duration::from_millis(10 * (ticks(13) + ticks(14)))
}
