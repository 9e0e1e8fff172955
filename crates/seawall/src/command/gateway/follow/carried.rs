//! What `follow` hands on beside stops: quotas of seats that were given later, and a later end that
//! the developer signed. Each is handed on as it was signed, and only where the gateway's own
//! settings let it follow.

use super::super::word::hand_in;
use crate::command::clearinghouse::Client;
use crate::command::say;
use seawall_domain::id::EngagementId;
use seawall_gateway::control::{Extension, Quota, Quotas};
use seawall_gateway::settings::Settings;
use seawall_ledger::dsse::Envelope;
use serde::Deserialize;
use serde_json::Value;

/// What the gateway was told last.
#[derive(Default)]
pub(super) struct Carried {
    quotas: Option<Vec<Quota>>,
    extension: Option<Extension>,
    /// The last failure that was said, so that it is said once.
    failure: Option<String>,
}

/// What the clearinghouse tells.
#[derive(Deserialize)]
struct Setup {
    signed: Option<Value>,
    extension: Option<Value>,
}

impl Carried {
    /// Hands on what is different since the last time.
    pub async fn on(
        &mut self,
        (client, engagement): (&Client, EngagementId),
        gateway: Option<&str>,
        settings: &Settings,
    ) {
        let may_quotas = settings.follow.ceiling().is_some();
        if !may_quotas && !settings.follow.end {
            return;
        }
        let path = format!("/v1/engagements/{engagement}/gateway");
        let setup: Setup = match client.get(&path).await.map(serde_json::from_value) {
            Ok(Ok(setup)) => setup,
            Ok(Err(error)) => return self.fails(&format!("the answer does not read: {error}")),
            Err(error) => return self.fails(&format!("{error:#}")),
        };
        // Nothing is believed here: whether it was signed, and by whom, the gateway finds out.
        let list = setup.signed.as_ref().filter(|_| may_quotas).and_then(told::<Quotas>);
        if let Some(list) = list
            && self.quotas.as_ref() != Some(&list.quotas)
        {
            match hand_in(gateway, settings, text(setup.signed.as_ref()), None).await {
                Ok(_) => {
                    let number = list.quotas.len();
                    say!("quotas follow: {number} parties have one by the clearinghouse");
                    self.quotas = Some(list.quotas);
                }
                Err(error) => self.fails(&format!("{error:#}")),
            }
        }
        let end = setup.extension.as_ref().filter(|_| settings.follow.end);
        let end = end.and_then(told::<Extension>);
        if let Some(extension) = end
            && self.extension != Some(extension)
        {
            match hand_in(gateway, settings, text(setup.extension.as_ref()), None).await {
                Ok(_) => {
                    say!("the window ends later: {}", extension.until);
                    self.extension = Some(extension);
                }
                Err(error) => self.fails(&format!("{error:#}")),
            }
        }
    }

    fn fails(&mut self, why: &str) {
        if self.failure.as_deref() != Some(why) {
            say!("what follows was not handed on: {why}");
            self.failure = Some(why.to_owned());
        }
    }
}

fn text(signed: Option<&Value>) -> String {
    signed.map(Value::to_string).unwrap_or_default()
}

/// What an envelope says.
fn told<T: serde::de::DeserializeOwned>(signed: &Value) -> Option<T> {
    let envelope = Envelope::from_json(signed.to_string().as_bytes()).ok()?;
    serde_json::from_slice(envelope.unverified_payload()).ok()
}
