//! `seawall gateway settings`: a whole settings file from an engagement; what only the operator
//! knows is left open, and `serve` does not begin before it is filled in.

use crate::command::clearinghouse::Client;
use seawall_domain::id::EngagementId;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which engagement.
#[derive(clap::Args)]
pub struct SettingsArguments {
    /// The clearinghouse's address.
    #[arg(long)]
    server: String,
    /// The file with the key of an account there.
    #[arg(long)]
    account_key: PathBuf,
    /// The engagement.
    #[arg(long)]
    engagement: EngagementId,
}

/// What the clearinghouse tells.
#[derive(Debug, Deserialize)]
struct Setup {
    window: String,
    ring: String,
    snapshot: String,
    ends: String,
    terms: String,
    developer: Option<String>,
    issuer: String,
    quotas: Vec<Quota>,
}

#[derive(Debug, Deserialize)]
struct Quota {
    party: String,
    requests: u64,
    tokens_in: u64,
    tokens_out: u64,
    concurrent: u32,
}

/// Writes the settings.
pub async fn settings(arguments: SettingsArguments) -> anyhow::Result<ExitCode> {
    let client = Client::new(&arguments.server, &arguments.account_key)?;
    let path = format!("/v1/engagements/{}/gateway", arguments.engagement);
    let setup: Setup = serde_json::from_value(client.get(&path).await?)?;
    crate::command::print_text(&written(&setup, arguments.engagement))?;
    Ok(ExitCode::SUCCESS)
}

const HEAD: &str = r#"listen = "127.0.0.1:8090"
# How callers write its address, behind a proxy that speaks TLS; their proofs name it.
# address = "https://gateway.example"
data = "gateway-data"

[upstream]
address = "FILL IN: the provider's address, such as https://provider.example"
# The file that holds the provider's key, and nothing else. Or, in its place, `key = "lease"`: the
# developer sends the key with each lease, and it lies in no file here.
key_file = "FILL IN: such as provider.key"
key_header = "authorization" # or "x-api-key"
"#;

const SCOPE: &str = r#"
# What may pass at most; what is not listed is refused. Leases narrow it and never widen it.
[scope]
endpoints = ["FILL IN: of chat, responses, messages, models"]
tools = "none" # or "functions"
output_tokens_max = 4096
streaming = "streamed" # or "whole"

# The callers' names of models, each with the provider's.
[scope.models]
"FILL IN: the callers' name" = "FILL IN: the provider's name"
"#;

const FOLLOW: &str = r#"
# What `seawall gateway follow` may bring in while the gateway runs.
[follow]
# A later end of the window: the developer signs it, and the clearinghouse that the days are there.
end = true
# Quotas of partners whose seats are given later; without this table none follows. Each is this much
# at most.
# [follow.quota]
# requests = 10000
# tokens_in = 50000000
# tokens_out = 5000000
# concurrent = 20
"#;

const VOLUME: &str = r#"
# What is told as unusual: in an hour or a day more than so many times what is usual for somebody,
# and more than so many hundredths of their quota; for somebody new, `first_percent` of it. It
# closes nothing. Without this table it is as here.
# [volume]
# hour = { times = 5, percent = 2, first_percent = 10 }
# day = { times = 3, percent = 10, first_percent = 30 }
"#;

fn written(setup: &Setup, engagement: EngagementId) -> String {
    let developer = setup.developer.as_deref().unwrap_or(
        "FILL IN: the public half of the key that signs leases; `seawall engagement key` names it",
    );
    let mut text = format!("# A gateway of engagement {engagement}.\n{HEAD}");
    let Setup { window, ring, snapshot, ends, terms, issuer, .. } = setup;
    let _ = write!(
        text,
        "\n# A window for {}, as the clearinghouse has it.\n[window]\nid = {window:?}\n\
         snapshot = {snapshot:?}\nends = {ends:?}\nterms = {terms:?}\n\
         # signs leases\ndeveloper = {developer:?}\n\
         # signs access tokens, and who is stopped\nissuer = {issuer:?}\n",
        ring.replace("partners", "trusted partners").replace("government", "the government"),
    );
    text.push_str(SCOPE);
    text.push_str(FOLLOW);
    text.push_str(VOLUME);
    text.push_str("\n# A party that is not named may use nothing.\n");
    if setup.quotas.is_empty() {
        text.push_str("# No seat stands yet.\n");
    }
    for Quota { party, requests, tokens_in, tokens_out, concurrent } in &setup.quotas {
        let _ = write!(
            text,
            "[[quota]]\nparty = {party:?}\nrequests = {requests}\ntokens_in = {tokens_in}\n\
             tokens_out = {tokens_out}\nconcurrent = {concurrent}\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_gateway::settings::Settings;
    use seawall_ledger::sign::SigningKey;

    /// Reads it as `serve` does; the words of the refusal, or nothing.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, text).unwrap();
        let told = Settings::read(&file).map_or_else(|bad| bad.to_string(), |_| "reads".into());
        assert!(told.ends_with(expected), "{told}\n{text}");
    }

    #[test]
    fn it_reads_once_everything_is_filled_in() {
        let key = SigningKey::from_seed([1; 32]).public().to_string();
        let id = "00000000-0000-4000-8000-000000000001";
        let quota =
            Quota { party: id.into(), requests: 1, tokens_in: 2, tokens_out: 3, concurrent: 4 };
        let mut setup = Setup {
            window: id.into(),
            ring: "partners".into(),
            snapshot: "ab".repeat(32),
            ends: "2026-12-24T00:00:00Z".into(),
            terms: "cd".repeat(32),
            developer: None,
            issuer: key.clone(),
            quotas: vec![quota],
        };
        let engagement = EngagementId::new(uuid::Uuid::from_u128(1));
        check(&written(&setup, engagement), "is not filled in yet");
        setup.developer = Some(key);
        let mut text = written(&setup, engagement);
        for (from, to) in [
            (
                "FILL IN: the provider's address, such as https://provider.example",
                "https://p.invalid",
            ),
            ("FILL IN: such as provider.key", "provider.key"),
            ("FILL IN: of chat, responses, messages, models", "chat"),
            ("FILL IN: the callers' name", "early"),
            ("FILL IN: the provider's name", "internal"),
        ] {
            check(&text, "is not filled in yet");
            assert!(text.contains(from), "{text}");
            text = text.replace(from, to);
        }
        check(&text, "reads");
        setup.quotas.clear();
        assert!(written(&setup, engagement).contains("No seat stands yet"));
    }
}
