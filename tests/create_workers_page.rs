//! The page of the example `create_workers` in a browser.
//!
//! How the page looks is kept in `target/screenshots/`.

#[path = "../examples/create_workers/account.rs"]
#[allow(dead_code, reason = "the tests leave the environment alone")]
mod account;
#[path = "support/browser.rs"]
mod browser;
#[path = "../examples/create_workers/bulk.rs"]
mod bulk;
#[path = "../examples/create_workers/choice.rs"]
mod choice;
#[path = "../examples/create_workers/client.rs"]
mod client;
#[path = "../examples/create_workers/clock.rs"]
mod clock;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "../examples/create_workers/endpoint.rs"]
mod endpoint;
#[path = "../examples/create_workers/history.rs"]
mod history;
#[path = "../examples/create_workers/progress.rs"]
#[allow(dead_code, reason = "only the page is looked at")]
mod progress;
#[path = "../examples/create_workers/refusal.rs"]
mod refusal;
#[path = "../examples/create_workers/report.rs"]
#[allow(dead_code, reason = "only the page is looked at")]
mod report;
#[path = "../examples/create_workers/runs.rs"]
#[allow(dead_code, reason = "nobody interrupts")]
mod runs;
#[path = "../examples/create_workers/server.rs"]
#[allow(dead_code, reason = "the API outlives the page")]
mod server;
#[path = "support/skip.rs"]
mod skip;
#[path = "../examples/create_workers/visitor.rs"]
mod visitor;
#[path = "../examples/create_workers/web.rs"]
mod web;
#[path = "../examples/create_workers/workers.rs"]
#[allow(dead_code, reason = "the page reads the file")]
mod workers;

use account::Account;
use browser::{Browser, Scheme};
use bulk::Place;
use choice::Choice;
use client::Client;
use clock::Clock;
use fantoccini::key::Key;
use runs::{Runs, Terms};
use serde_json::{Value, json};
use server::{Limits, Server};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use web::Web;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/workers.csv");
const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// The picture in the README.
const PICTURE: &str = "docs/create_workers.png";

#[tokio::test]
async fn five_hundred_workers_are_chosen_created_and_deleted() {
    let Some(page) = Page::open(10, limits(30, 20)).await else {
        return;
    };
    page.pictures("before").await;
    page.choose("#file", Path::new(SAMPLE)).await;
    page.until("return rows() === 500").await;
    assert_eq!(
        page.text("#rows-title").await,
        "workers.csv: 500 workers, as they will be sent"
    );
    let first = page.run("return [...$('#workers').rows[0].cells].map((cell) => cell.textContent)");
    let attributes = r#"{"language":"sw","location":"Nairobi","roles":["agent"],"skills":["billing","hardware","warranty"]}"#;
    assert_eq!(
        first.await,
        json!(["1", "Kofi Tran", "not sent", attributes])
    );
    assert_eq!(page.squares("n").await, 500);
    page.explains_every_square().await;
    page.pictures("chosen").await;

    page.click("#create").await;
    page.until("return squares('s') === 500 && !$('#report').hidden")
        .await;
    page.explains_every_square().await;
    let counts = page.server.counts();
    assert_eq!(counts.created, 500);
    assert_eq!(page.fact("created").await, "500");
    assert_eq!(page.fact("failed").await, "0");
    assert_eq!(
        page.fact("requests sent").await,
        counts.requests.to_string()
    );
    assert_eq!(
        page.fact("429 answers").await,
        counts.rate_limited.to_string()
    );
    assert_eq!(
        page.text("#standing").await,
        "Finished: 500 of 500 created, 0 failed."
    );
    let charted = page.run("return [...$('#seconds').rows].map((row) => Number(row.cells[1].textContent.replace(',', ''))).reduce((a, b) => a + b)");
    assert_eq!(charted.await, counts.requests);
    let points = page
        .run("return $('polyline.requests').points.length")
        .await;
    assert!(points.as_u64() > Some(4), "{points}");
    page.pictures("after").await;

    page.click("#delete").await;
    page.click("#sure-yes").await;
    page.until("return !$('#report').hidden && $('#standing').textContent.includes('deleted')")
        .await;
    assert_eq!(
        page.text("#standing").await,
        "Finished: 500 of 500 deleted, 0 failed."
    );
    assert_eq!(page.squares("s").await, 500);
    page.explains_every_square().await;
    assert_eq!(page.server.counts().deleted, 500);
    assert_eq!(page.server_list().await, json!([]));
    page.has_no_complaints().await;
}

#[tokio::test]
async fn what_matters_is_in_view_once_create_is_pressed() {
    let Some(page) = Page::open(10, limits(30, 20)).await else {
        return;
    };
    for (width, height) in [(1280, 800), (390, 844)] {
        page.size(width, height).await;
        page.prefer(Scheme::Light).await;
        page.goto(&page.origin).await;
        page.click("#sample").await;
        page.until("return $('#source').textContent.includes('500')")
            .await;
        page.run("window.scrollTo(0, 0)").await;
        page.click("#create").await;
        page.until(
            "return ['#standing', '#states', '#squares'].every((part) => { \
                const { top, bottom } = $(part).getBoundingClientRect(); \
                return top >= 0 && bottom <= innerHeight && bottom > top; \
            })",
        )
        .await;
        // A desk needs no scrolling.
        let scrolled = page.run("return scrollY > 0").await;
        assert_eq!(scrolled, width < 1280);
        page.until("return !$('#report').hidden").await;
    }
}

#[tokio::test]
async fn the_standing_is_what_the_numbers_say_and_is_read_out_less_often() {
    // So slow that there is much to see in between.
    let Some(page) = Page::open(2, limits(30, 20)).await else {
        return;
    };
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    // At each change: whether text, legend and squares are of one moment, and when something is read out.
    page.run(
        "window.seen = { texts: 0, spoken: [], wrong: [] }; \
         const changes = { childList: true, characterData: true, subtree: true }; \
         const count = (state) => Number($(`#states [data-letter=${state}]`).textContent); \
         new MutationObserver(() => seen.spoken.push({ text: $('#spoken').textContent, at: performance.now() })).observe($('#spoken'), changes); \
         new MutationObserver(() => { \
            const text = $('#standing').textContent; \
            const found = text.match(/^(\\d+) of 500 created, (\\d+) retrying, (\\d+) failed/); \
            if (!found) return; \
            seen.texts += 1; \
            const all = ['s', 'r', 'f'].map((state, index) => [Number(found[index + 1]), count(state), squares(state)]); \
            if (all.some((three) => new Set(three).size > 1)) seen.wrong.push([text, all]); \
         }).observe($('#standing'), changes);",
    )
    .await;
    page.click("#create").await;
    page.until("return seen.spoken.length >= 5 && squares('s') > 100")
        .await;
    let seen = "return [seen.texts, seen.spoken.length, seen.wrong]";
    let seen = page.run(seen).await;
    assert_eq!(seen[2], json!([]));
    let (texts, spoken) = (seen[0].as_u64().unwrap(), seen[1].as_u64().unwrap());
    assert!(texts > spoken, "{seen}");
    // Each notes its time a little later than it was said, so their sum is judged, and not each of them.
    let running = "const times = seen.spoken.filter(({ text }) => text.includes('retrying')).map(({ at }) => at); \
        return [times.length - 1, times.at(-1) - times[0]]";
    let running = page.run(running).await;
    let (gaps, time) = (running[0].as_f64().unwrap(), running[1].as_f64().unwrap());
    assert!(gaps >= 2.0 && time >= 2_000.0 * gaps - 1_500.0, "{running}");
    let role = page.run("return [$('#spoken').role, $('#standing').role]");
    assert_eq!(role.await, json!(["status", null]));
}

#[tokio::test]
async fn on_a_phone_dialog_and_table_fit() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.size(390, 844).await;
    let long = format!(
        "friendlyName,skills\n{},{}\nAda,x\n",
        "Wolfeschlegel".repeat(6),
        "y".repeat(90)
    );
    page.choose("#file", &page.file("long.csv", &long)).await;
    page.until("return rows() === 2").await;
    let fits = "return [document.documentElement, ...$$('.scroll')].every((part) => part.scrollWidth <= part.clientWidth)";
    assert_eq!(page.run(fits).await, true);
    page.click("#create").await;
    page.until("return squares('s') === 2 && !$('#report').hidden")
        .await;
    assert_eq!(page.run(fits).await, true);
    page.click("#delete").await;
    let inside = "const { left, right, top, bottom } = $('#sure').getBoundingClientRect(); \
        return left >= 8 && right <= innerWidth - 8 && top >= 0 && bottom <= innerHeight";
    assert_eq!(page.run(inside).await, true);
    let fits = "return $('#sure').scrollWidth <= $('#sure').clientWidth";
    assert_eq!(page.run(fits).await, true);
    page.keep("dialog-phone", &page.screenshot().await);
}

#[tokio::test]
async fn a_reload_and_a_second_window_in_the_middle_show_the_present_state() {
    // In real time the second retry comes after seconds, and finds one token for each of them.
    let Some(page) = Page::open(1, limits(1, 100)).await else {
        return;
    };
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    page.click("#create").await;
    page.until("return squares('s') >= 100 && squares('w') === 0")
        .await;
    // It stands still in the middle.
    let _at_work = page.clock.begin_work();
    page.explains_every_square().await;
    page.client.refresh().await.unwrap();
    page.shows_the_middle().await;
    page.pictures("during").await;
    let window = page.client.new_window(false).await.unwrap();
    page.client.switch_to_window(window.handle).await.unwrap();
    page.goto(&page.origin).await;
    page.shows_the_middle().await;
    page.has_no_complaints().await;
}

#[tokio::test]
async fn picker_status_and_table_always_speak_of_the_same() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.until("return !$('#file').disabled").await;
    page.speaks_of(["No file is chosen.", "Nothing has been sent yet.", ""], 0)
        .await;
    let two = page.file("two.csv", "friendlyName\nAda\nGrace\n");
    page.choose("#file", &two).await;
    let chosen = [
        "two.csv: 2 workers.",
        "2 workers can be created.",
        "two.csv: 2 workers, as they will be sent",
    ];
    page.speaks_of(chosen, 2).await;
    page.click("#create").await;
    let finished = "Finished: 2 of 2 created, 0 failed.";
    let created = [
        "two.csv: 2 workers, sent.",
        finished,
        "two.csv: 2 workers, as they were sent",
    ];
    page.speaks_of(created, 2).await;

    // The server remembers.
    page.client.refresh().await.unwrap();
    page.speaks_of(created, 2).await;
    assert_eq!(page.run("return $('#create').ariaDisabled").await, "false");

    // A bad file takes the place of the run, everywhere.
    let nameless = page.file("nameless.csv", "name\nAda\n");
    page.choose("#file", &nameless).await;
    let refused = [
        "nameless.csv cannot be sent.",
        "There is nothing to send.",
        "",
    ];
    page.speaks_of(refused, 0).await;
    assert_eq!(page.run("return $('#report').hidden").await, true);
    assert_eq!(page.run("return $('#create').ariaDisabled").await, "true");
    let problem = page.text("#problem").await;
    assert!(
        problem.starts_with("nameless.csv: The server refuses:"),
        "{problem}"
    );

    // What the picker itself would say, and would lose with a reload, is not shown.
    page.client.refresh().await.unwrap();
    page.speaks_of(created, 2).await;
    assert_eq!(page.run("return $('#problem').hidden").await, true);

    // Another window chooses something, and this one follows.
    page.choose("#file", &two).await;
    page.speaks_of(chosen, 2).await;
    let first = page.client.window().await.unwrap();
    let second = page.client.new_window(false).await.unwrap();
    page.client.switch_to_window(second.handle).await.unwrap();
    page.goto(&page.origin).await;
    page.click("#delete").await;
    page.click("#sure-yes").await;
    let deleted = [
        "The workspace: 2 workers, after deletion.",
        "Finished: 2 of 2 deleted, 0 failed.",
        "The workspace: 2 workers, after deletion",
    ];
    page.speaks_of(deleted, 2).await;
    page.client.switch_to_window(first).await.unwrap();
    page.speaks_of(deleted, 2).await;
}

#[tokio::test]
async fn a_file_can_be_dropped_and_never_takes_the_place_of_the_page() {
    let Some(page) = Page::open(1, limits(1, 1)).await else {
        return;
    };
    page.until("return !$('#file').disabled").await;
    let two = page.file("two.csv", "friendlyName\nAda\nGrace\n");
    let nameless = page.file("nameless.csv", "name\nAda\n");
    // Beside the place that is meant for it, too.
    for (place, file, source) in [
        ("#drop", &two, "two.csv: 2 workers."),
        ("#drop", &nameless, "nameless.csv cannot be sent."),
        ("h1", &two, "two.csv: 2 workers."),
    ] {
        page.drop_files(place, &[file]).await;
        page.until(&format!("return $('#source').textContent === '{source}'"))
            .await;
    }
    page.drop_files("#drop", &[&two, &nameless]).await;
    page.until("return $('#problem').textContent === '2 files were dropped. Drop one.'")
        .await;
    assert_eq!(page.text("#source").await, "No file is chosen.");

    page.drop_files("#drop", &[&two]).await;
    page.click("#create").await;
    page.until("return squares('s') === 1 && squares('r') === 1")
        .await;
    page.drop_files("#drop", &[&nameless]).await;
    assert_eq!(page.text("#source").await, "two.csv: 2 workers, sent.");
    assert_eq!(page.client.title().await.unwrap(), "Create workers");
}

#[tokio::test]
async fn the_list_and_its_worst_case_are_shown_for_every_choice_before_it_is_sent() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.until("return !$('#sample').disabled").await;
    for (retries, jitter, list, worst) in [
        (
            "5",
            "0.2",
            "schedule = [2s, 4s, 8s, 16s, 32s, 0], jitter = 0.2",
            "74.40 s",
        ),
        (
            "5",
            "0",
            "schedule = [2s, 4s, 8s, 16s, 32s, 0], jitter = 0",
            "62.00 s",
        ),
        (
            "3",
            "0",
            "schedule = [2s, 4s, 8s, 0], jitter = 0",
            "14.00 s",
        ),
        (
            "3",
            "equal",
            "schedule = [2s, 4s, 8s, 0], jitter = equal",
            "14.00 s",
        ),
        (
            "3",
            "full",
            "schedule = [2s, 4s, 8s, 0], jitter = full",
            "14.00 s",
        ),
    ] {
        page.click(&format!("[name=retries][value=\"{retries}\"]"))
            .await;
        page.select("#jitter", jitter).await;
        assert_eq!(page.text("#list").await, format!("#[retry({list})]"));
        assert_eq!(
            page.text("#worst").await,
            format!(
                "Worst case: {worst} between attempts. The API accepts 30 requests a second. Shown 20 times faster than real time."
            )
        );
    }
}

#[tokio::test]
async fn which_workers_failed_and_why_is_shown_and_they_can_be_sent_again() {
    let Some(page) = Page::open(100, limits(30, 20)).await else {
        return;
    };
    page.click("[name=retries][value=\"3\"]").await;
    page.select("#jitter", "0").await;
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    page.click("#create").await;
    page.until("return !$('#report').hidden").await;
    page.explains_every_square().await;
    let list = "#[retry(schedule = [2s, 4s, 8s, 0], jitter = 0)]";
    assert_eq!(page.text("#report-list").await, list);
    let failed = page.squares("f").await;
    let created = 500 - failed;
    assert!(failed > 100, "{failed}");
    page.until("return !$('#rest').hidden").await;
    // The chart begins with the first requests, however long the clock ran before.
    let first = "return Number($('#seconds').rows[0].cells[1].textContent)";
    assert!(page.run(first).await.as_u64() >= Some(500));
    page.pictures("failed").await;

    page.click("#show-failed").await;
    let visible = "return [...$('#workers').rows].filter((row) => row.checkVisibility()).map((row) => row.cells[2].innerText)";
    let states = page.run(visible).await;
    let states = states.as_array().unwrap();
    assert_eq!(states.len() as u64, failed);
    for state in states {
        assert_eq!(
            *state,
            "failed\nafter 4 attempts: the server answers 429 Too Many Requests"
        );
    }
    assert_eq!(page.focus().await, "table");
    page.picture("failed-table", 1280, Scheme::Light).await;
    page.select("#filter", "s").await;
    let states = page.run(visible).await;
    assert_eq!(states.as_array().unwrap().len() as u64, created);

    // With a list that is long enough.
    page.click("[name=retries][value=\"5\"]").await;
    page.select("#jitter", "0.2").await;
    let again = page.text("#again").await;
    assert_eq!(again, format!("Retry the {failed} that failed"));
    page.click("#again").await;
    page.until("return $('#standing').textContent.startsWith('Finished') && $('#rest').hidden")
        .await;
    page.speaks_of(
        [
            &format!("What failed of The sample: {failed} workers, sent."),
            &format!("Finished: {failed} of {failed} created, 0 failed."),
            &format!("What failed of The sample: {failed} workers, as they were sent"),
        ],
        failed,
    )
    .await;
    assert_eq!(page.server.counts().created, 500);
    page.has_no_complaints().await;
}

#[tokio::test]
async fn why_a_worker_failed_is_shown_as_soon_as_it_has() {
    let Some(page) = Page::open(4, limits(30, 20)).await else {
        return;
    };
    page.click("[name=retries][value=\"3\"]").await;
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    // At each change: how many have failed while others are retrying, and whether each of them says why.
    page.run(
        "window.seen = { most: 0, silent: [] }; \
         const changes = { childList: true, characterData: true, subtree: true }; \
         new MutationObserver(() => { \
            const failed = [...$('#workers').rows].map((row) => row.cells[2].textContent).filter((text) => text.startsWith('failed')); \
            if (squares('r') > 0) seen.most = Math.max(seen.most, failed.length); \
            seen.silent.push(...failed.filter((text) => text !== 'failedafter 4 attempts: the server answers 429 Too Many Requests')); \
         }).observe($('#standing'), changes);",
    )
    .await;
    page.click("#create").await;
    page.until("return !$('#report').hidden").await;
    let failed = page.squares("f").await;
    let seen = page.run("return [seen.most, seen.silent]").await;
    assert_eq!(seen[1], json!([]));
    let most = seen[0].as_u64().unwrap();
    assert!(0 < most && most <= failed, "{most} of {failed}");
    // Whoever comes late is told as well.
    page.client.refresh().await.unwrap();
    page.until(&format!(
        "return [...$('#workers').rows].filter((row) => row.cells[2].textContent.startsWith('failedafter 4')).length === {failed}"
    ))
    .await;
    page.has_no_complaints().await;
}

#[tokio::test]
async fn a_hosted_function_offers_no_choice_and_says_how_long_it_takes_at_most() {
    let Some(page) = Page::open_at(Place::Hosted, Clock::real(), limits(30, 20)).await else {
        return;
    };
    page.until("return !$('#sample').disabled").await;
    assert_eq!(page.run("return $('#choices').hidden").await, true);
    let list = "schedule = [1s, 2s, 3s, 0], jitter = 0.2, max_elapsed = 10s";
    assert_eq!(page.text("#list").await, format!("#[retry({list})]"));
    let worst = page.text("#worst").await;
    assert!(
        worst == "Worst case: 10 s. The API accepts 30 requests a second. Shown in real time.",
        "{worst}"
    );
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    page.click("#create").await;
    page.until("return !$('#report').hidden").await;
    page.explains_every_square().await;
    // The list is too short for so many: who failed says why, and can be sent again.
    let failed = page.squares("f").await;
    assert!(failed > 100, "{failed}");
    let created = 500 - failed;
    assert_eq!(
        page.text("#standing").await,
        format!("Finished: {created} of 500 created, {failed} failed.")
    );
    assert_eq!(page.text("#report-list").await, format!("#[retry({list})]"));
    assert_eq!(page.fact("worst case").await, "10 s");
    let silent = page
        .run("return [...$('#workers').rows].map((row) => row.cells[2].textContent).filter((text) => text === 'failed').length")
        .await;
    assert_eq!(silent, 0);
    // The answer of some may have come too late.
    assert!(page.server.counts().created as u64 >= created);
    page.pictures("hosted").await;
    page.has_no_complaints().await;
}

#[tokio::test]
async fn a_worker_that_is_there_is_not_a_failure() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.choose("#file", &page.file("one.csv", "friendlyName\nAda\n"))
        .await;
    page.click("#create").await;
    page.until("return squares('s') === 1 && !$('#report').hidden")
        .await;
    page.choose("#file", &page.file("two.csv", "friendlyName\nAda\nGrace\n"))
        .await;
    page.until("return squares('n') === 2").await;
    page.click("#create").await;
    page.until("return squares('a') === 1 && squares('s') === 1 && !$('#report').hidden")
        .await;
    page.explains_every_square().await;
    assert_eq!(
        page.text("#standing").await,
        "Finished: 1 of 2 created, 1 already there, 0 failed."
    );
    assert_eq!(page.fact("already there").await, "1");
    let state = "return $('#workers').rows[0].cells[2].textContent";
    assert_eq!(page.run(state).await, "already there");
    assert_eq!(page.run("return $('#rest').hidden").await, true);
    page.has_no_complaints().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_and_text_stays_text() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.choose(
        "#file",
        &page.file("nameless.csv", "name,roles\nAda,agent\n"),
    )
    .await;
    page.until("return !$('#problem').hidden").await;
    let problem = page.text("#problem").await;
    assert!(
        problem.starts_with("nameless.csv: The server refuses: there is no column `friendlyName`"),
        "{problem}"
    );
    assert_eq!(page.run("return $('#create').ariaDisabled").await, "true");
    // Chromium reports every answer that refuses.
    assert_eq!(page.complaints().await.len(), 1);

    let large = format!("friendlyName\n{}", "Ada\n".repeat(300_000));
    page.choose("#file", &page.file("large.csv", &large)).await;
    page.until("return $('#problem').textContent.includes('1024 KiB')")
        .await;

    let bad = "friendlyName,roles\n<img src=x onerror=document.title='run'>,<b>agent</b>\nGrace\n,agent\n";
    page.choose("#file", &page.file("<i>odd.csv", bad)).await;
    page.until("return rows() === 1").await;
    assert_eq!(page.run("return $('#problem').hidden").await, true);
    let malformed =
        page.run("return [...$('#malformed-rows').children].map((row) => row.textContent)");
    assert_eq!(
        malformed.await,
        json!([
            "Line 3: 2 fields expected, 1 found",
            "Line 4: no friendlyName"
        ])
    );
    assert_eq!(
        page.text("#malformed-title").await,
        "2 malformed rows, which will not be sent"
    );
    assert_eq!(
        page.text("#source").await,
        "<i>odd.csv: 1 worker, and 2 malformed rows that will not be sent."
    );
    let name = "return $('#workers').rows[0].cells[1].textContent";
    assert_eq!(
        page.run(name).await,
        "<img src=x onerror=document.title='run'>"
    );
    page.click("#create").await;
    page.until("return squares('s') === 1 && !$('#report').hidden")
        .await;
    assert_eq!(page.fact("rows skipped").await, "2");
    assert_eq!(page.run("return $$('img, td b, p i').length").await, 0);
    assert_eq!(page.client.title().await.unwrap(), "Create workers");
    page.has_no_complaints().await;
}

#[tokio::test]
async fn the_page_says_that_the_server_has_gone_and_recovers_when_it_is_back() {
    let Some(mut page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.click("#sample").await;
    page.until("return rows() === 500").await;
    let addr = page.web.take().unwrap();
    let (addr, ()) = (addr.addr(), addr.stop().await);
    page.until("return !$('#offline').hidden").await;
    assert!(
        page.text("#offline")
            .await
            .starts_with("The server does not answer.")
    );
    assert_eq!(page.run("return $('#create').ariaDisabled").await, "true");
    page.web = Some(
        web(
            addr,
            &page.server,
            page.clock.clone(),
            limits(30, 20),
            Place::Program,
        )
        .await,
    );
    page.until("return $('#offline').hidden").await;
    assert_eq!(page.run("return rows()").await, 500);
    page.click("#create").await;
    page.until("return squares('s') === 500").await;
    assert_eq!(page.server.counts().created, 500);
}

#[tokio::test]
async fn everything_is_done_with_the_keyboard_alone() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    page.until("return !$('#sample').disabled").await;
    page.press(&[Key::Tab]).await;
    assert_eq!(page.focus().await, "file");
    // The input is not seen, so its button shows that it has the focus.
    let outline = "return getComputedStyle($('label[for=file]')).outlineStyle";
    assert_eq!(page.run(outline).await, "solid");
    page.press(&[Key::Tab]).await;
    assert_eq!(page.focus().await, "sample");
    let outline = "return getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(page.run(outline).await, "solid");
    page.press(&[Key::Enter]).await;
    page.until("return rows() === 500 && $('#create').ariaDisabled === 'false'")
        .await;
    // The radio button that is chosen.
    page.press(&[Key::Tab]).await;
    assert_eq!(page.run("return document.activeElement.value").await, "5");
    page.press(&[Key::Up]).await;
    assert!(page.text("#list").await.contains("[2s, 4s, 8s, 0]"));
    page.press(&[Key::Down, Key::Tab]).await;
    assert_eq!(page.focus().await, "jitter");
    page.press(&[Key::Tab]).await;
    assert_eq!(page.focus().await, "create");
    page.press(&[Key::Enter]).await;
    page.until("return squares('s') === 500 && !$('#report').hidden")
        .await;
    assert_eq!(page.focus().await, "create");
    page.press(&[Key::Tab, Key::Enter]).await;
    assert_eq!(page.run("return $('#sure').open").await, true);
    assert_eq!(page.focus().await, "sure-no");
    page.press(&[Key::Escape]).await;
    assert_eq!(page.run("return $('#sure').open").await, false);
    assert_eq!(page.focus().await, "delete");
    assert_eq!(page.server.counts().deleted, 0);
    page.has_no_complaints().await;
}

#[tokio::test]
async fn pages_of_others_have_nothing_done() {
    let Some(page) = Page::open(20, limits(30, 20)).await else {
        return;
    };
    let port = page.web.as_ref().unwrap().addr().port();
    // A name that its owner lets mean this machine.
    page.goto(&format!("http://rebound.example:{port}/")).await;
    let body = page.text("body").await;
    assert!(
        body.contains("the header Host must be localhost or an address"),
        "{body}"
    );

    // Another server of this machine has the same site, and another origin.
    let other = web(
        (Ipv4Addr::LOCALHOST, 0).into(),
        &page.server,
        page.clock.clone(),
        limits(30, 20),
        Place::Program,
    );
    let other = other.await;
    page.goto(&format!("http://{}/sample.csv", other.addr()))
        .await;
    let sent = format!(
        "const url = '{}workers'; const order = {{ method: 'POST', mode: 'no-cors', body: 'friendlyName\\nAda\\n' }}; \
         return Promise.all([fetch(url, order), fetch(url, {{ ...order, headers: {{ 'Content-Type': 'text/plain' }} }})]) \
            .then((answers) => answers.map(({{ type }}) => type))",
        page.origin
    );
    assert_eq!(page.run(&sent).await, json!(["opaque", "opaque"]));
    let deleted = format!(
        "return fetch('{}workers', {{ method: 'DELETE' }}).then(() => 'done', () => 'refused')",
        page.origin
    );
    assert_eq!(page.run(&deleted).await, "refused");
    let counts = page.server.counts();
    assert_eq!((counts.created, counts.requests), (0, 0));
    // Its own page goes on.
    page.goto(&page.origin).await;
    page.until("return $('#offline').hidden && !$('#sample').disabled")
        .await;
    assert_eq!(page.text("#standing").await, "Nothing has been sent yet.");
}

/// `UPDATE_PICTURE=1 cargo test --test create_workers_page picture` makes it anew.
#[tokio::test]
async fn the_readme_shows_a_picture_of_the_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURE);
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        let page = Page::open(10, limits(30, 20)).await.expect("a browser");
        page.prefer(Scheme::Light).await;
        page.size(1280, 800).await;
        let hidden = json!({ "hidden": true });
        page.devtools("Emulation.setScrollbarsHidden", hidden).await;
        page.choose("#file", Path::new(SAMPLE)).await;
        page.click("#create").await;
        page.until("return squares('s') >= 250").await;
        // It stands still for the picture.
        let _at_work = page.clock.begin_work();
        assert_eq!(page.run("return scrollY").await, 0);
        fs::write(&path, page.screenshot().await).unwrap();
    }
    let picture = fs::read(&path).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    assert!(picture.len() < 150 << 10, "{} bytes", picture.len());
    let readme = fs::read_to_string(README).unwrap();
    assert!(readme.contains(&format!("]({PICTURE})")));
}

/// The page, in a browser of its own.
struct Page {
    browser: Browser,
    server: Server,
    clock: Clock,
    web: Option<Web>,
    origin: String,
}

impl Deref for Page {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Page {
    /// Shows it that many times faster than real time. None where there is no browser.
    async fn open(speed: u32, limits: Limits) -> Option<Self> {
        let clock = Clock::demonstration(NonZeroU32::new(speed).unwrap());
        Self::open_at(Place::Program, clock, limits).await
    }

    async fn open_at(place: Place, clock: Clock, limits: Limits) -> Option<Self> {
        let browser = Browser::open().await?;
        let account = Account::default();
        let server = Server::bind("127.0.0.1:0", limits, &account, clock.clone());
        let server = server.await.unwrap();
        let addr = (Ipv4Addr::LOCALHOST, 0).into();
        let web = web(addr, &server, clock.clone(), limits, place).await;
        let page = Self {
            browser,
            origin: format!("http://{}/", web.addr()),
            server,
            clock,
            web: Some(web),
        };
        page.size(1280, 1000).await;
        page.goto(&page.origin).await;
        Some(page)
    }

    /// Some squares are created, the others are retrying, and nothing else can be begun.
    async fn shows_the_middle(&self) {
        self.until("return squares('s') + squares('r') === 500")
            .await;
        // At once: between two questions, another worker may have been created.
        let states = "return [squares('s'), $('#workers').textContent.match(/created/g).length]";
        let states = self.run(states).await;
        let created = states[0].as_u64().unwrap();
        assert!((100..500).contains(&created), "{created}");
        assert_eq!(states, json!([created, created]));
        assert_eq!(self.text("#source").await, "The sample: 500 workers, sent.");
        assert_eq!(self.run("return $('#create').ariaDisabled").await, "true");
        assert_eq!(self.run("return $('#file').disabled").await, true);
        assert_eq!(self.run("return $('#report').hidden").await, true);
    }

    /// What picker, status and title say, soon, and how many rows and squares there are.
    async fn speaks_of(&self, texts: [&str; 3], workers: u64) {
        let expected = json!([texts, workers, workers]);
        let script = format!(
            "const said = [['source', 'standing', 'rows-title'].map((id) => $(`#${{id}}`).textContent), \
                rows(), $('#squares').children.length]; \
             return JSON.stringify(said) === JSON.stringify({expected})"
        );
        self.until(&script).await;
    }

    /// Every square is of a state that the legend names, with the number of its squares, and that can be filtered for.
    async fn explains_every_square(&self) {
        let script = "const all = $$('#squares .square').map((square) => square.className); \
            const legend = $$('#states li').map((item) => [item.firstElementChild.className, item.lastElementChild.textContent]); \
            const counted = legend.map(([name, text]) => [name, Number(text.match(/\\d+$/)[0])]); \
            const found = counted.map(([name]) => [name, all.filter((square) => square === name).length]); \
            const words = legend.map(([, text]) => text.replace(/ \\d+$/, '')); \
            const options = [...$('#filter').options].map((option) => option.text).slice(1); \
            return { \
                same: JSON.stringify(counted) === JSON.stringify(found) && JSON.stringify(words) === JSON.stringify(options), \
                unknown: all.filter((square) => !legend.some(([name]) => name === square)), \
                unseen: $$('#states li').filter((item) => !item.checkVisibility()).length, \
            }";
        let expected = json!({ "same": true, "unknown": [], "unseen": 0 });
        assert_eq!(self.run(script).await, expected);
    }

    /// What the final table says.
    async fn fact(&self, name: &str) -> String {
        let script = format!(
            "return [...$('#facts').rows].find((row) => row.cells[0].textContent === '{name}').cells[1].textContent"
        );
        self.run(&script).await.as_str().unwrap().to_owned()
    }

    async fn squares(&self, state: &str) -> u64 {
        let script = format!("return squares('{state}')");
        self.run(&script).await.as_u64().unwrap()
    }

    /// Keeps what the page looks like, on a desk and on a phone.
    async fn pictures(&self, name: &str) {
        for (device, width) in [("desk", 1280), ("phone", 390)] {
            self.picture(&format!("{name}-{device}-light"), width, Scheme::Light)
                .await;
            self.picture(&format!("{name}-{device}-dark"), width, Scheme::Dark)
                .await;
        }
        self.size(1280, 1000).await;
    }

    /// Keeps what the whole page looks like.
    async fn picture(&self, name: &str, width: u32, scheme: Scheme) {
        self.prefer(scheme).await;
        self.size(width, 800).await;
        let fits =
            "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        assert_eq!(self.run(fits).await, true, "{name} scrolls sideways");
        let height = "return document.documentElement.scrollHeight";
        let height = self.run(height).await.as_u64().unwrap();
        self.size(width, height).await;
        self.keep(name, &self.screenshot().await);
    }

    fn keep(&self, name: &str, picture: &[u8]) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let folder = target.join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// No error in the console, and no request to elsewhere.
    async fn has_no_complaints(&self) {
        assert_eq!(self.complaints().await, [] as [&str; 0]);
        let urls = self.urls().await;
        assert!(urls.contains(&self.origin), "{urls:?}");
        // A new window loads a page of the browser's own first, which is not fetched from anywhere.
        for url in urls.iter().filter(|url| !url.starts_with("chrome://")) {
            let is_own = url.starts_with(&self.origin) || url.starts_with("data:");
            assert!(is_own, "{url}");
        }
    }

    async fn server_list(&self) -> Value {
        let Account {
            sid,
            token,
            workspace,
        } = Account::default();
        let url = format!(
            "http://{}/v1/Workspaces/{workspace}/Workers",
            self.server.addr()
        );
        let request = http().get(url).basic_auth(sid, Some(token));
        let mut list: Value = request.send().await.unwrap().json().await.unwrap();
        list["workers"].take()
    }
}

async fn web(addr: SocketAddr, server: &Server, clock: Clock, limits: Limits, place: Place) -> Web {
    let url = format!("http://{}", server.addr());
    let client = Client::new(http(), &url, Account::default());
    let runs = Runs::new(Terms {
        client: Arc::new(client),
        place,
        choice: Choice::default(),
        clock,
        rate: Some(limits.rate),
        tell: |_| {},
    });
    let sample = fs::read(SAMPLE).unwrap();
    Web::bind(addr, Arc::new(runs), sample).await.unwrap()
}

fn limits(rate: u32, burst: u32) -> Limits {
    let [rate, burst] = [rate, burst].map(|limit| NonZeroU32::new(limit).unwrap());
    Limits { rate, burst }
}

fn http() -> reqwest::Client {
    common::http::client().no_proxy().build().unwrap()
}
