//! Small workspaces in which a crate retries at build time, and an application that uses it turns on other features.
//!
//! Cargo builds a proc macro once, with the features that everybody asks for together, but a library once for the build
//! and once for the program. So `#[retry]` expands for a `retry_core` that may lack what another one was asked for. Each
//! row of the table is a workspace: it is written into a temporary folder, and cargo builds and tests it there.

#[path = "support/process.rs"]
mod process;

use process::folder;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// What the crate `mac`, which retries, is to the application.
#[derive(Clone, Copy)]
enum Mac {
    ProcMacro,
    BuildDependency,
}

/// Where the application asks for features of its own.
#[derive(Clone, Copy)]
enum Asks {
    Always,
    /// `cargo test` must work where `cargo build` does.
    InTests,
}

/// What `mac` asks of `retry-core`.
const PLAIN: &str = "";
const MACROS_ONLY: &str = r#", default-features = false, features = ["macros"]"#;

/// In `mac` and in the application alike: three attempts, and no success.
const RETRIED: &str = "
#[retry_core::retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn call(attempts: &mut u32) -> Result<(), u32> {
    *attempts += 1;
    Err(*attempts)
}
";

const AS_PROC_MACRO: &str = "
#[proc_macro]
pub fn attempts(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    call(&mut 0).unwrap_err().to_string().parse().unwrap()
}
";

const AS_BUILD_DEPENDENCY: &str = "
pub fn attempts() -> u32 {
    call(&mut 0).unwrap_err()
}
";

const BUILD_SCRIPT: &str = r#"
fn main() {
    println!("cargo::rustc-env=ATTEMPTS={}", mac::attempts());
}
"#;

#[test]
fn what_an_application_turns_on_changes_no_retry_at_build_time() {
    use Asks::{Always, InTests};
    use Mac::{BuildDependency, ProcMacro};

    let table = [
        ("alike", BuildDependency, PLAIN, Always, "default"),
        ("traced", ProcMacro, PLAIN, Always, "tracing"),
        ("controlled", BuildDependency, PLAIN, Always, "control"),
        ("tested", ProcMacro, PLAIN, InTests, "test-util"),
        ("small_macro", ProcMacro, MACROS_ONLY, Always, "default"),
        (
            "small_build",
            BuildDependency,
            MACROS_ONLY,
            Always,
            "tracing",
        ),
    ];
    let mut failures = String::new();
    for (name, mac, mac_asks, asks, feature) in table {
        let workspace = folder(name);
        write_workspace(&workspace, mac, mac_asks, asks, feature);
        for command in ["build", "test"] {
            let Output {
                status,
                stdout,
                stderr,
            } = cargo(command, &workspace);
            if !status.success() {
                let stdout = String::from_utf8_lossy(&stdout);
                let stderr = String::from_utf8_lossy(&stderr);
                failures += &format!("\n{name}: `cargo {command}` failed\n{stdout}{stderr}");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

fn write_workspace(workspace: &Path, mac: Mac, mac_asks: &str, asks: Asks, feature: &str) {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let write = |file: &str, parts: &[&str]| {
        let file = workspace.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, parts.concat()).unwrap();
    };
    let package = |name| format!("[package]\nname = '{name}'\nedition = '2024'\n");
    let retry_core = |asked: &str| {
        let path = checkout.join("retry-core");
        format!("retry-core = {{ path = '{}'{asked} }}\n", path.display())
    };
    let more = retry_core(&format!(", features = ['{feature}']"));
    let (lib, attempts, made) = match mac {
        Mac::ProcMacro => ("proc-macro = true\n", AS_PROC_MACRO, "mac::attempts!()"),
        Mac::BuildDependency => ("", AS_BUILD_DEPENDENCY, r#"env!("ATTEMPTS")"#),
    };

    // The versions of the checkout, which have been downloaded.
    fs::copy(checkout.join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
    write(
        "Cargo.toml",
        &["[workspace]\nresolver = '3'\nmembers = ['app', 'mac']\n"],
    );
    write(
        "mac/Cargo.toml",
        &[
            &package("mac"),
            "[lib]\n",
            lib,
            "[dependencies]\n",
            &retry_core(mac_asks),
        ],
    );
    write("mac/src/lib.rs", &[RETRIED, attempts]);

    let always = match asks {
        Asks::Always => more.clone(),
        Asks::InTests => retry_core(PLAIN),
    };
    let mut manifest = package("app") + "[dependencies]\n" + &always;
    match mac {
        Mac::ProcMacro => manifest += "mac = { path = '../mac' }\n",
        Mac::BuildDependency => {
            manifest += "[build-dependencies]\nmac = { path = '../mac' }\n";
            write("app/build.rs", &[BUILD_SCRIPT]);
        }
    }
    if let Asks::InTests = asks {
        manifest = manifest + "[dev-dependencies]\n" + &more;
    }
    write("app/Cargo.toml", &[&manifest]);
    let test = format!(
        r#"
pub fn attempts() -> String {{
    format!("{{}} in mac, {{}} in app", {made}, call(&mut 0).unwrap_err())
}}

#[test]
fn each_makes_its_attempts() {{
    assert_eq!(attempts(), "3 in mac, 3 in app");
}}
"#
    );
    write("app/src/lib.rs", &[RETRIED, &test]);
}

/// In a folder for what is built that the workspaces share, so that what they depend on is built once.
fn cargo(command: &str, workspace: &Path) -> Output {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("set_ups-target");
    Command::new(env!("CARGO"))
        .args([command, "--quiet", "--offline"])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", built)
        .output()
        .unwrap()
}
