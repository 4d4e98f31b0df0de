//! One connection: a message, its acknowledgement, the next message.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::codec::{Frame, Frames};
use super::reception::Reception;

/// How long a connection may take over what.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) idle: Duration,
    pub(super) message: Duration,
    pub(super) max_bytes: usize,
}

/// A connection from a known address.
pub(super) struct Connection<S> {
    reception: Arc<Reception>,
    address: IpAddr,
    stream: S,
    frames: Frames,
    bytes: BytesMut,
    limits: Limits,
    counted: u64,
}

/// Why nothing more is read.
enum Over {
    /// The other end closed, or said nothing for too long.
    Gone,
    /// The node stops.
    Stopping,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(super) fn new(
        reception: Arc<Reception>,
        address: IpAddr,
        stream: S,
        limits: Limits,
    ) -> Self {
        let frames = Frames::new(limits.max_bytes);
        Self { reception, address, stream, frames, bytes: BytesMut::new(), limits, counted: 0 }
    }

    /// Answers one message after the other until the other end closes, says nothing for too long, or the node stops; the message at
    /// hand is then answered still.
    pub(super) async fn serve(mut self, mut stopping: watch::Receiver<bool>) {
        let served = self.answer_all(&mut stopping).await;
        self.count_skipped();
        if let Err(error) = served {
            tracing::debug!(error = %error.kind(), "a hospital's connection broke off");
        }
        // The other end may be gone already.
        let _ = timeout(self.limits.message, self.stream.shutdown()).await;
    }

    async fn answer_all(&mut self, stopping: &mut watch::Receiver<bool>) -> io::Result<()> {
        while !*stopping.borrow() {
            let read = tokio::select! {
                read = self.next() => read?,
                _ = stopping.wait_for(|stopping| *stopping) => Err(Over::Stopping),
            };
            self.count_skipped();
            match read {
                Ok(frame) => self.answer(frame).await?,
                Err(Over::Stopping) => return Ok(()),
                Err(Over::Gone) => {
                    // A message that broke off is refused, should anybody still listen.
                    if let Some(frame) = self.frames.cut(&mut self.bytes) {
                        self.answer(frame).await?;
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The next frame. Nothing is lost when this is dropped half way.
    async fn next(&mut self) -> io::Result<Result<Frame, Over>> {
        let (mut began, mut inside) = (Instant::now(), false);
        loop {
            if let Some(frame) = self.frames.decode(&mut self.bytes)? {
                return Ok(Ok(frame));
            }
            if self.frames.is_inside() && !inside {
                // Garbage before it, or a long silence, does not shorten a message's time.
                (began, inside) = (Instant::now(), true);
            }
            let limit = if inside { self.limits.message } else { self.limits.idle };
            let read = timeout_at(began + limit, self.stream.read_buf(&mut self.bytes)).await;
            match read {
                Err(_) | Ok(Ok(0)) => return Ok(Err(Over::Gone)),
                Ok(read) => read?,
            };
        }
    }

    async fn answer(&mut self, frame: Frame) -> io::Result<()> {
        let acknowledgement = self.reception.answer(self.address, frame).await;
        let mut bytes = BytesMut::new();
        self.frames.encode(acknowledgement, &mut bytes)?;
        let written = async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        };
        timeout(self.limits.message, written).await.unwrap_or(Err(io::ErrorKind::TimedOut.into()))
    }

    fn count_skipped(&mut self) {
        let skipped = self.frames.skipped();
        if skipped > self.counted {
            let new = skipped - self.counted;
            self.counted = skipped;
            self.reception.watch.count(|state| state.skipped_bytes += new);
            tracing::warn!(bytes = new, "bytes between hospital messages were skipped");
        }
    }
}
