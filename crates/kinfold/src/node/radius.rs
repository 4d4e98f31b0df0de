//! A VPN's concentrators, which the configuration names.

use std::sync::Arc;

use anyhow::Context;
use kinfold_connect::radius::{RadiusClientState, RadiusListener, RadiusParts, RadiusWatch};
use kinfold_service::feeds::{VpnClientHealth, VpnClients, VpnHealth};

use super::Node;

/// The listener's counters, as the page Feeds shows them.
struct Standing(Arc<RadiusWatch>);

impl VpnClients for Standing {
    fn standing(&self) -> VpnHealth {
        let state = self.0.state();
        VpnHealth {
            strangers: state.strangers + state.handshakes_failed + state.surplus,
            clients: state.clients.into_iter().map(client).collect(),
        }
    }
}

fn client(known: RadiusClientState) -> VpnClientHealth {
    VpnClientHealth {
        name: known.name,
        counts: [known.accepted, known.refused, known.challenged],
        unsigned: known.unsigned,
        wrong_secret: known.wrong_secret,
        dropped: known.malformed + known.surplus + known.others,
        last: known.last,
    }
}

/// Takes the ports for RADIUS, if this node answers it.
pub(crate) async fn listen(node: &Node) -> anyhow::Result<Option<RadiusListener>> {
    let Some(terms) = &node.config.radius else { return Ok(None) };
    let parts = RadiusParts {
        sign_in: Arc::clone(&node.sign_in),
        clock: Arc::clone(&node.clock),
        entropy: Arc::clone(&node.entropy),
    };
    let listener = RadiusListener::bind(terms, parts).await.context("[radius] is not right")?;
    // Set once: a node is opened once.
    let _ = node.feeds.vpn.set(Arc::new(Standing(listener.watch())));
    Ok(Some(listener))
}
