//! Watches a fresh TLS connection for its first bytes.
//!
//! With TLS 1.3 a client has finished its handshake before the server has judged the client's certificate. The server's first
//! bytes, its HTTP/2 settings, say that it let this node in; an alert says why not.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use kinfold_tls::HandshakeFailure;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::oneshot,
};

/// What came first.
pub(super) type Opened = Result<(), HandshakeFailure>;

/// A stream that tells what its first read brought.
pub(super) struct Gate<S> {
    stream: S,
    opened: Option<oneshot::Sender<Opened>>,
}

impl<S> Gate<S> {
    pub(super) fn new(stream: S) -> (Self, oneshot::Receiver<Opened>) {
        let (opened, told) = oneshot::channel();
        (Self { stream, opened: Some(opened) }, told)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer));
        if let Some(opened) = self.opened.take() {
            let first = match &outcome {
                Ok(()) if buffer.filled().len() > before => Ok(()),
                Ok(()) => Err(HandshakeFailure::Broken),
                Err(error) => Err(HandshakeFailure::of(error)),
            };
            // Whoever asked may have given up.
            let _ = opened.send(first);
        }
        Poll::Ready(outcome)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
