//! What is known of the provider: its description and its keys, fetched when they are needed and kept for an hour.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use openidconnect::{DiscoveryError, IssuerUrl, TokenUrl, core::CoreProviderMetadata};
use parking_lot::Mutex;

use crate::{
    Trouble,
    http::{Calling, Http, Unreachable},
};

/// How long a description counts: a key that the provider has withdrawn is believed no longer than this.
const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Keys are not fetched anew more often than this, whatever tokens come.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// A provider that could not be asked is not asked again for so long: nobody waits for what is known.
const REST: SignedDuration = SignedDuration::from_secs(3);

#[derive(Default)]
struct Kept {
    known: Option<(Timestamp, Arc<CoreProviderMetadata>)>,
    failed: Option<(Timestamp, String)>,
}

/// A provider's description.
pub(crate) struct Known {
    issuer: IssuerUrl,
    http: Arc<dyn Http>,
    kept: Mutex<Kept>,
}

impl Known {
    pub(crate) fn new(issuer: IssuerUrl, http: Arc<dyn Http>) -> Self {
        Self { issuer, http, kept: Mutex::default() }
    }

    pub(crate) const fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    pub(crate) fn http(&self) -> &dyn Http {
        &*self.http
    }

    /// As it is kept, or fetched.
    pub(crate) async fn now(&self, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, Trouble> {
        self.fresh(LASTS, now).await
    }

    /// Fetched anew, unless that was just done.
    pub(crate) async fn anew(&self, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, Trouble> {
        self.fresh(PAUSE, now).await
    }

    async fn fresh(
        &self,
        lasts: SignedDuration,
        now: Timestamp,
    ) -> Result<Arc<CoreProviderMetadata>, Trouble> {
        let is_of_late =
            |at: Timestamp, lasts| (SignedDuration::ZERO..lasts).contains(&now.duration_since(at));
        {
            let kept = self.kept.lock();
            if let Some((at, known)) = &kept.known
                && is_of_late(*at, lasts)
            {
                return Ok(Arc::clone(known));
            }
            if let Some((at, why)) = &kept.failed
                && is_of_late(*at, REST)
            {
                return Err(Trouble::Away(why.clone()));
            }
        }
        let fetched = self.fetch().await;
        let mut kept = self.kept.lock();
        match fetched {
            Ok(known) => {
                let known = Arc::new(known);
                *kept = Kept { known: Some((now, Arc::clone(&known))), failed: None };
                Ok(known)
            }
            Err(why) => {
                kept.failed = Some((now, why.clone()));
                Err(Trouble::Away(why))
            }
        }
    }

    async fn fetch(&self) -> Result<CoreProviderMetadata, String> {
        let calling = Calling(self.http());
        let fetched = CoreProviderMetadata::discover_async(self.issuer.clone(), &calling).await;
        let known = fetched.map_err(|error| said(&error))?;
        // A provider that is spoken to under TLS names nothing that is not.
        let plain = |address: &url::Url| address.scheme() != "https";
        let token = known.token_endpoint().map(TokenUrl::url);
        let addresses =
            [Some(known.authorization_endpoint().url()), token, Some(known.jwks_uri().url())];
        if !plain(self.issuer.url()) && addresses.into_iter().flatten().any(plain) {
            return Err("its description names an address without https".to_owned());
        }
        Ok(known)
    }
}

/// Why there is no description, without anything that the provider wrote.
fn said(error: &DiscoveryError<Unreachable>) -> String {
    match error {
        DiscoveryError::Request(Unreachable(why)) => why.clone(),
        DiscoveryError::Response(status, ..) => {
            format!("HTTP {} in place of its description: is issuer right?", status.as_u16())
        }
        DiscoveryError::Parse(_) => "its description or its keys can't be read".to_owned(),
        DiscoveryError::Validation(_) => {
            "it names itself otherwise: issuer must be what its description says, to the last character".to_owned()
        }
        _ => "its address can't be used".to_owned(),
    }
}
