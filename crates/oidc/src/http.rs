//! The way to the provider, which whoever opens connections hands in.

use std::{future::Future, pin::Pin};

use async_trait::async_trait;
use openidconnect::AsyncHttpClient;

/// A request.
pub type Request = openidconnect::HttpRequest;
/// What was answered to it.
pub type Response = openidconnect::HttpResponse;

/// The provider could not be asked: why, in words for an operator. Never holds what was sent.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

/// Sends requests. Redirects must not be followed: the provider's description says where each thing is.
#[async_trait]
pub trait Http: Send + Sync {
    /// Sends one, and answers with the whole body, up to a limit.
    async fn send(&self, request: Request) -> Result<Response, Unreachable>;
}

/// [`Http`] as the library calls it.
pub(crate) struct Calling<'a>(pub(crate) &'a dyn Http);

impl<'c> AsyncHttpClient<'c> for Calling<'_> {
    type Error = Unreachable;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Unreachable>> + Send + 'c>>;

    fn call(&'c self, request: Request) -> Self::Future {
        self.0.send(request)
    }
}
