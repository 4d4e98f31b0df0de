//! The personnel system that the configuration names.

use std::sync::Arc;

use anyhow::Context;
use kinfold_http::scim::{ScimServices, Token};
use kinfold_service::{System, records::Asker, staff::Personnel};
use zeroize::Zeroizing;

use super::{Node, clients::base_url};

/// What the SCIM surface needs; `None` where no personnel system is configured.
pub(crate) fn scim_services(node: &Node) -> anyhow::Result<Option<ScimServices>> {
    let Some(terms) = &node.config.scim else { return Ok(None) };
    let file = terms.token_file.display();
    let text = std::fs::read_to_string(&terms.token_file).map(Zeroizing::new);
    let text = text.with_context(|| format!("[scim] token_file {file} can't be read"))?;
    let token =
        Token::parse(&text).with_context(|| format!("[scim] token_file {file} can't be used"))?;
    let (name, role) = ("scim".parse()?, "personnel-system".parse()?);
    let system = System::new(&node.config.agency.id, name, "Personnel system, over SCIM", role);
    let (staff, roles) = (Arc::clone(&node.staff), terms.roles.clone());
    let system = Asker::from(system.named());
    let personnel = Personnel::new(staff, system, roles);
    Ok(Some(ScimServices { personnel, token, base_url: base_url(&node.config)? }))
}
