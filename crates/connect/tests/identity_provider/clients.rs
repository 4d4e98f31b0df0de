//! `private_key_jwt`: this node proves itself by a signature, with each algorithm.

use std::process::Command;

use kinfold_connect::oidc::{OidcConfig, provider};
use serde_json::json;

use crate::{BACK, Server, TERMS, server::folder, sign_in};

/// A key that the provider's own library makes: PKCS #8 in PEM, and its public half as a JWK beside it.
fn make_key(files: &std::path::Path, algorithm: &str) {
    let script = format!(
        "import * as jose from 'jose'; import {{ writeFileSync }} from 'node:fs';
         const made = await jose.generateKeyPair('{algorithm}', {{ extractable: true }});
         writeFileSync(process.argv[1] + '/key.pem', await jose.exportPKCS8(made.privateKey));
         const jwk = {{ ...(await jose.exportJWK(made.publicKey)), kid: 'kinfold-1', use: 'sig', alg: '{algorithm}' }};
         writeFileSync(process.argv[1] + '/key.jwk', JSON.stringify(jwk));"
    );
    let made = Command::new("node")
        .args(["--input-type=module", "--eval", &script])
        .arg(files)
        .current_dir(folder())
        .status();
    assert!(made.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_signs_its_own_word_is_believed_with_each_algorithm() {
    for algorithm in ["RS256", "RS512", "PS256", "ES256"] {
        let files = tempfile::tempdir().unwrap();
        if folder().join("node_modules").is_dir() {
            make_key(files.path(), algorithm);
        }
        let jwk = files.path().join("key.jwk");
        let terms = [("CLIENT_JWK", jwk.to_str().unwrap()), ("CLIENT_ALG", algorithm)];
        let Some(server) = Server::start(&terms) else { return };
        let text = format!(
            "name = \"Care Identity\"\nissuer = \"{}\"\nclient_id = \"key\"\n{TERMS}\n\
             auth = {{ kind = \"private_key_jwt\", key_file = \"key.pem\", key_id = \"kinfold-1\", algorithm = \"{algorithm}\" }}\n",
            server.issuer()
        );
        let mut config: OidcConfig = toml::from_str(&text).unwrap();
        config.resolve(files.path());
        let provider = provider(&config, BACK.parse().unwrap()).unwrap();
        server.tell(json!({ "account": "787807429511", "acr": "AAL3_ANY" })).await;
        let known = sign_in(&server, &provider).await;
        assert_eq!(known.unwrap().subject.expose(), "787807429511", "{algorithm}");
    }
}
