//! A server of an example.

use axum::Router;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time;

/// How long a server that stops goes on answering.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until it is stopped or dropped.
pub struct Serving {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Serving {
    pub async fn bind(addr: impl ToSocketAddrs, routes: Router) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let serve = axum::serve(listener, routes).with_graceful_shutdown(async {
                // A sender that was dropped stops the server as one that was used does.
                let _ = stopped.await;
            });
            // It never fails: errors of single connections stay with those.
            let _ = serve.await;
        });
        Ok(Self {
            addr,
            stop,
            serving,
        })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Answers what was asked before, and closes every connection.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.serving.await;
    }
}

/// Waits for a server to stop, but not long: whoever never ends a request does not keep it from stopping.
pub async fn grace(stopping: impl Future<Output = ()>) {
    let _ = time::timeout(GRACE, stopping).await;
}
