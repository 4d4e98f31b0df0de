//! The fields of a form that was sent, read whole and within limits before anything looks at them.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::header,
};
use futures::StreamExt;
use zeroize::Zeroizing;

use super::{failure::Failure, site::Shared};

/// The longest form that is read, in bytes: a hundred times what the largest form needs.
const LONGEST: usize = 64 * 1024;
/// What is longer is let run out up to here, unread, so that the browser lives to see the answer.
const RUN_OUT: usize = 32 * 1024 * 1024;
/// The most fields.
const MOST: usize = 64;

/// A form's fields.
pub(super) struct Fields(Vec<(String, Zeroizing<String>)>);

impl Fields {
    fn parse(body: &[u8]) -> Result<Self, Failure> {
        let pairs = url::form_urlencoded::parse(body);
        let fields: Vec<_> = pairs
            .take(MOST + 1)
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect();
        // Bytes that are no UTF-8 have become replacement characters: a name with one would be searched for in vain.
        let garbled = fields
            .iter()
            .any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}'));
        if fields.len() > MOST || garbled { Err(Failure::Garbled) } else { Ok(Self(fields)) }
    }

    /// A field's text without white space at its ends; empty when it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value.trim())
    }
}

impl FromRequest<Shared> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let body = read(request.into_body()).await?;
        if is_form { Self::parse(&body) } else { Err(Failure::Garbled) }
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
