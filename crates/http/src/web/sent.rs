//! A form that was sent, read whole and within limits.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::header,
};
use futures::StreamExt;
use zeroize::Zeroizing;

use super::{
    failure::Failure,
    fields::{Fields, Garbled},
    site::Shared,
};

/// The longest form that is read, in bytes: a hundred times what the largest form needs.
const LONGEST: usize = 64 * 1024;
/// What is longer is let run out up to here, unread, so that the browser lives to see the answer.
const RUN_OUT: usize = 32 * 1024 * 1024;

impl From<Garbled> for Failure {
    fn from(Garbled: Garbled) -> Self {
        Self::Garbled
    }
}

impl FromRequest<Shared> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let body = read(request.into_body()).await?;
        if is_form { Ok(Self::parse(&body)?) } else { Err(Failure::Garbled) }
    }
}

async fn read(body: Body) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut stream = body.into_data_stream();
    let mut kept = Zeroizing::new(Vec::new());
    let mut length = 0;
    while let Some(piece) = stream.next().await {
        let piece: Bytes = piece.map_err(|_| Failure::Garbled)?;
        length += piece.len();
        if length > RUN_OUT {
            break;
        }
        if length <= LONGEST {
            kept.extend_from_slice(&piece);
        }
    }
    if length > LONGEST { Err(Failure::TooLarge) } else { Ok(kept) }
}
