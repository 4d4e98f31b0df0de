//! Passkeys, bound to the address under which browsers reach this node's pages.

use std::sync::Arc;

use kinfold_passkey::Site;
use kinfold_service::{
    passkeys::{Passkeys, PasskeysParts},
    ports::{PasskeyStore, StaffStore},
    sign_in::SignIn,
};
use kinfold_store::NodeStore;
use url::Url;

use super::parts::Ground;
use crate::config::{Config, WebConfig};

pub(super) fn passkeys(config: &Config, ground: &Ground, sign_in: &Arc<SignIn>) -> Passkeys {
    Passkeys::new(PasskeysParts {
        site: site(&config.web),
        passkeys: Arc::<dyn NodeStore>::clone(&ground.store) as Arc<dyn PasskeyStore>,
        staff: Arc::<dyn NodeStore>::clone(&ground.store) as Arc<dyn StaffStore>,
        sign_in: Arc::clone(sign_in),
        journal: ground.journal.clone(),
        clock: Arc::clone(&ground.clock),
        entropy: Arc::clone(&ground.entropy),
    })
}

/// The public address; of a node that serves its own machine alone, `localhost`.
pub(super) fn address(web: &WebConfig) -> Option<Url> {
    match &web.public_url {
        Some(url) => Some(url.0.clone()),
        None if web.listen.ip().is_loopback() => {
            let scheme = if web.tls.is_some() { "https" } else { "http" };
            Url::parse(&format!("{scheme}://localhost:{}", web.listen.port())).ok()
        }
        None => None,
    }
}

/// That address, where it has a domain name.
fn site(web: &WebConfig) -> Option<Site> {
    let site = Site::new(&address(web)?);
    if let Err(error) = &site {
        tracing::info!(%error, "no passkeys at this address");
    }
    site.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(listen: &str, public: Option<&str>) -> Option<String> {
        let public = public.map(|url| format!("public_url = \"{url}\"")).unwrap_or_default();
        let text = format!("listen = \"{listen}\"\n{public}");
        let web: WebConfig = toml::from_str(&text).unwrap();
        site(&web).map(|site| site.origin().to_owned())
    }

    #[test]
    fn passkeys_are_bound_to_the_public_address_if_it_has_a_domain() {
        let public = Some("https://kinfold.trust.example:8443/");
        let bound = Some("https://kinfold.trust.example:8443".to_owned());
        assert_eq!(origin("0.0.0.0:8443", public), bound);
        assert_eq!(origin("127.0.0.1:8443", public), bound);
        assert_eq!(origin("127.0.0.1:80", Some("https://10.0.0.1/")), None);
        assert_eq!(origin("0.0.0.0:8443", None), None);
        let local = Some("http://localhost:8080".to_owned());
        assert_eq!(origin("127.0.0.1:8080", None), local);
    }
}
