//! The function of the README, called.

use reqwest::StatusCode;
use retry_core::testing;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

include!("../expand/readme.rs");

/// Gives each request the next of these answers, and tells where.
async fn server(answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for answer in answers {
            let (mut connection, _) = listener.accept().await.unwrap();
            // A request without a body is over with an empty line.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(connection.read_u8().await.unwrap());
            }
            let answer = format!("HTTP/1.1 {answer}");
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}")
}

/// Where it is built with the examples, `reqwest` can speak TLS, and asks for cryptography though none is used.
fn client() -> Client {
    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

const UNAVAILABLE: &str = "503 Service Unavailable\r\nconnection: close\r\n\r\n";
const OK: &str = "200 OK\r\nconnection: close\r\n\r\nhere it is";
const NOT_FOUND: &str = "404 Not Found\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn two_failures_are_waited_out() {
    let url = server(&[UNAVAILABLE, UNAVAILABLE, OK]).await;
    let waits = testing::skip_waits();
    let jitter = testing::fix_jitter(1.0);
    assert_eq!(fetch(&client(), &url).await.unwrap(), "here it is");
    assert_eq!(waits.waits(), [1_200, 2_400].map(Duration::from_millis));
    drop(jitter);
}

#[tokio::test]
async fn after_the_fifth_failure_the_error_is_the_callers() {
    let url = server(&[UNAVAILABLE; 5]).await;
    let waits = testing::skip_waits();
    let error = fetch(&client(), &url).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(waits.waits().len(), 4);
}

#[tokio::test]
async fn what_is_not_there_is_not_asked_for_again() {
    let url = server(&[NOT_FOUND]).await;
    let waits = testing::skip_waits();
    let error = fetch(&client(), &url).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert!(waits.waits().is_empty());
}
