//! An HTTP server that does whatever a test tells it to.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the server does with one request.
pub(crate) enum Reply {
    /// Status, more header lines, body.
    Full(u16, &'static str, String),
    /// These bytes, and an end.
    Raw(Vec<u8>),
    /// Nothing, for ever.
    Hang,
    /// A header, then a byte a while.
    Drip,
    /// A body without an end.
    Endless,
}

/// JSON of status 200.
pub(crate) fn json(body: &impl ToString) -> Reply {
    Reply::Full(200, "content-type: application/fhir+json\r\n", body.to_string())
}

/// A running server.
pub(crate) struct OddServer {
    pub(crate) url: String,
    /// Request lines and `authorization` headers, in order.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl OddServer {
    /// Answers each path and query, as the number-th request, by `reply`.
    pub(crate) async fn start(
        reply: impl Fn(&str, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (reply, seen) = (Arc::new(reply), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&reply), Arc::clone(&seen)));
            }
        });
        Self { url, asked, task }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for OddServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    reply: Arc<impl Fn(&str, usize) -> Reply>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if head.len() < 64 * 1024 => head.push(byte),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let credentials = head.lines().find(|l| l.to_lowercase().starts_with("authorization:"));
    let number = {
        let mut asked = asked.lock().unwrap();
        asked.push(format!("{path} {}", credentials.unwrap_or_default()).trim().to_owned());
        asked.len()
    };
    let _ = act(&mut stream, reply(&path, number)).await;
}

async fn act(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\nconnection: close\r\n\r\n";
    match reply {
        Reply::Full(status, headers, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} Odd\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body.as_bytes()).await?;
        }
        Reply::Raw(bytes) => stream.write_all(&bytes).await?,
        Reply::Hang => tokio::time::sleep(Duration::from_hours(1)).await,
        Reply::Drip => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Reply::Endless => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(&[b' '; 8 * 1024]).await?;
            }
        }
    }
    stream.flush().await?;
    stream.shutdown().await
}
