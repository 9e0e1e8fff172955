//! The words of the interview, in English and Spanish.

use super::{Confidence, Exposed, Hint, Question, Reason, Reply};
use crate::today::Language;

pub(super) fn question(question: Question, language: Language) -> &'static str {
    language.pick(match question {
        Question::Network => [
            "Is it joined to any network, by cable, Wi-Fi or phone line?",
            "¿Está unido a alguna red, por cable, wifi o línea de teléfono?",
        ],
        Question::OpenToAll => [
            "Can people at home reach it or its login page with no VPN (a locked tunnel)?",
            "¿Se llega desde casa a él o a su página de entrada sin VPN (un túnel cerrado)?",
        ],
        Question::Cloud => [
            "Does it run at a cloud firm or a web host?",
            "¿Funciona en la nube o en una firma web?",
        ],
        Question::CloudRule => [
            "Do the rules at the cloud firm let in calls from any address?",
            "¿Las reglas de la nube dejan entrar desde cualquier lugar?",
        ],
        Question::Line => [
            "Does it have a cell modem or phone line of its own?",
            "¿Tiene un módem móvil o una línea de teléfono propia?",
        ],
        Question::ClosedLine => [
            "Is that line closed, so that only your own people can call in?",
            "¿Esa línea está cerrada, de modo que solo entra su gente?",
        ],
        Question::Opening => [
            "Does your firewall or router let calls from the internet in to it?",
            "¿Su cortafuegos o router deja llegar hasta él desde internet?",
        ],
        Question::RemoteHelp => [
            "Can someone outside run it with a remote help tool, with no VPN?",
            "¿Puede alguien de fuera manejarlo con un programa de ayuda, sin VPN?",
        ],
        Question::Guests => [
            "Do guests or other firms share its network?",
            "¿Comparten su red las visitas u otras empresas?",
        ],
        Question::Checked => [
            "Did someone check this in the firewall rules in the last 90 days?",
            "¿Alguien lo miró en las reglas del cortafuegos en los últimos 90 días?",
        ],
    })
}

pub(super) fn verdict(
    exposed: Exposed,
    confidence: Confidence,
    language: Language,
) -> &'static str {
    language.pick(match (exposed, confidence) {
        (Exposed::Yes, Confidence::Certain) => {
            ["Anyone on the internet can reach it.", "Cualquiera llega a él desde internet."]
        }
        (Exposed::Yes, Confidence::Likely) => [
            "It is likely that anyone can reach it. It counts as open to all.",
            "Es fácil que cualquiera llegue a él. Cuenta como abierto a todos.",
        ],
        (_, Confidence::InDoubt) => [
            "No one can tell if strangers reach it. In doubt it counts as open to all.",
            "No se sabe si llegan extraños. En la duda cuenta como abierto a todos.",
        ],
        (Exposed::No, Confidence::Likely) => [
            "It is likely that strangers cannot reach it. No one checked that.",
            "Es fácil que no lleguen extraños. Nadie lo miró en las reglas.",
        ],
        (Exposed::No, Confidence::Certain) => {
            ["Strangers cannot reach it.", "No llegan extraños a él."]
        }
    })
}

pub(super) fn reason(reason: Reason, language: Language) -> String {
    match reason {
        Reason::Shown(hint) => shown(hint, language).to_owned(),
        Reason::Said(question, Reply::Yes) => language.pick(yes(question)).to_owned(),
        Reason::Said(question, Reply::No) => language.pick(no(question)).to_owned(),
        Reason::Said(asked, Reply::DontKnow) => {
            let text = question(asked, language);
            format!("{} {text}", language.pick(["You do not know this:", "Usted no sabe esto:"]))
        }
        Reason::NotAsked(asked) => {
            let text = question(asked, language);
            format!("{} {text}", language.pick(["No one asked this yet:", "Falta preguntar esto:"]))
        }
    }
}

fn shown(hint: Hint, language: Language) -> &'static str {
    language.pick(match hint {
        Hint::SeenFromInternet => {
            ["Someone reached it from the internet.", "Alguien llegó a él desde internet."]
        }
        Hint::PublicAddress => {
            ["It has an address on the internet.", "Tiene una dirección en internet."]
        }
        Hint::PortOpenToAll => [
            "A firewall rule lets any address in to it.",
            "Una regla del cortafuegos deja llegar a cualquiera.",
        ],
        Hint::PortsClosed => [
            "The firewall rules let no one in to it.",
            "Las reglas del cortafuegos no dejan llegar a nadie.",
        ],
        Hint::BehindVpn => {
            ["Its setup lets people in by VPN only.", "Sus ajustes dejan entrar solo por VPN."]
        }
        Hint::CloudRuleOpen => [
            "A rule in the cloud lets any address in to it.",
            "Una regla de la nube deja llegar a cualquiera.",
        ],
        Hint::CloudRuleClosed => [
            "The rules in the cloud let only some in.",
            "Las reglas de la nube dejan entrar solo a algunos.",
        ],
        Hint::LineOpen => [
            "Anyone can call the address of its modem.",
            "Cualquiera llega a la dirección de su módem.",
        ],
        Hint::LineClosed => {
            ["Its modem is on a closed line.", "Su módem está en una línea cerrada."]
        }
        Hint::NoNetwork => ["Its setup has no network.", "Sus ajustes no tienen red."],
    })
}

/// What a yes says.
const fn yes(question: Question) -> [&'static str; 2] {
    match question {
        Question::Network => ["It is on a network.", "Está en una red."],
        Question::OpenToAll => {
            ["People at home can reach it with no VPN.", "Desde casa se llega a él sin VPN."]
        }
        Question::Cloud => ["It runs in the cloud.", "Funciona en la nube."],
        Question::CloudRule => [
            "The rules in the cloud let in any address.",
            "Las reglas de la nube dejan entrar a todos.",
        ],
        Question::Line => ["It has a line of its own.", "Tiene una línea propia."],
        Question::ClosedLine => {
            ["Its own line is closed to strangers.", "Su línea está cerrada a extraños."]
        }
        Question::Opening => [
            "The firewall lets the internet in to it.",
            "El cortafuegos deja llegar desde internet.",
        ],
        Question::RemoteHelp => [
            "Someone outside can run it with a help tool.",
            "Alguien de fuera lo maneja con un programa de ayuda.",
        ],
        Question::Guests => [
            "Guests or other firms share its network.",
            "Las visitas u otras empresas comparten su red.",
        ],
        Question::Checked => [
            "Someone checked the firewall rules in the last 90 days.",
            "Alguien miró las reglas en los últimos 90 días.",
        ],
    }
}

/// What a no says.
const fn no(question: Question) -> [&'static str; 2] {
    match question {
        Question::Network => ["It is on no network at all.", "No está en ninguna red."],
        Question::OpenToAll => {
            ["People at home need a VPN to reach it.", "Desde casa hace falta una VPN para llegar."]
        }
        Question::Cloud => ["It does not run in the cloud.", "No funciona en la nube."],
        Question::CloudRule => [
            "You say that the cloud lets only some in.",
            "Usted dice que la nube deja entrar solo a algunos.",
        ],
        Question::Line => ["It has no line of its own.", "No tiene línea propia."],
        Question::ClosedLine => {
            ["Its own line is open to strangers.", "Su línea está abierta a extraños."]
        }
        Question::Opening => [
            "The firewall keeps the internet away from it.",
            "El cortafuegos no deja llegar desde internet.",
        ],
        Question::RemoteHelp => [
            "No one outside can run it with a help tool.",
            "Nadie de fuera lo maneja con un programa de ayuda.",
        ],
        Question::Guests => {
            ["No guests and no other firms share its network.", "Nadie de fuera comparte su red."]
        }
        Question::Checked => [
            "No one checked the firewall rules in the last 90 days.",
            "Nadie miró las reglas en los últimos 90 días.",
        ],
    }
}
