//! An answer's body, which gives its share of the partner's budget back when it has been sent or dropped.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use http_body_util::Full;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;

/// An answer and what it takes up. A partner that does not read its answers takes up its own budget alone.
pub(super) struct Held {
    text: Full<Bytes>,
    _share: Option<OwnedSemaphorePermit>,
}

impl Held {
    pub(super) fn new(text: String, share: Option<OwnedSemaphorePermit>) -> Self {
        Self { text: Full::new(Bytes::from(text)), _share: share }
    }
}

impl Body for Held {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.text).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.text.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.text.size_hint()
    }
}
