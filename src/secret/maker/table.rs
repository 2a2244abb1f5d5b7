//! What makers give all of their tokens and web hooks: data, with what finds a row by its first bytes.

/// What the letters after a prefix are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// Letters, digits, `_` and `-`.
    Word,
    /// The same and full stops.
    Dotted,
    /// Digits and the letters `a` to `f`.
    Hex,
    /// Those of base 64.
    Base64,
}

/// A prefix, what follows and how much of it at least, and whose it is.
pub(super) const TOKENS: &[(&str, Letters, usize, &str)] = &[
    ("AKIA", Letters::Word, 16, "an AWS access key"),
    ("ASIA", Letters::Word, 16, "an AWS access key"),
    ("ABIA", Letters::Word, 16, "an AWS access key"),
    ("ACCA", Letters::Word, 16, "an AWS access key"),
    ("ABSK", Letters::Word, 100, "an AWS Bedrock key"),
    ("AGE-SECRET-KEY-1", Letters::Word, 50, "an age key"),
    ("AIza", Letters::Word, 35, "a Google API key"),
    ("AKCp", Letters::Word, 60, "an Artifactory key"),
    ("API-", Letters::Word, 26, "an Octopus Deploy key"),
    ("ATATT3", Letters::Word, 60, "an Atlassian token"),
    ("ATCTT3", Letters::Word, 60, "an Atlassian token"),
    ("AQVN", Letters::Word, 35, "a Yandex key"),
    ("CLOJARS_", Letters::Word, 60, "a Clojars token"),
    ("EAACEdEose0cBA", Letters::Word, 20, "a Facebook token"),
    ("EAAA", Letters::Word, 56, "a Square token"),
    ("EZAK", Letters::Word, 54, "an EasyPost key"),
    ("EZTK", Letters::Word, 54, "an EasyPost key"),
    ("FLWSECK_TEST-", Letters::Word, 12, "a Flutterwave key"),
    ("FLWSECK-", Letters::Word, 32, "a Flutterwave key"),
    ("GOCSPX-", Letters::Word, 20, "a Google client secret"),
    ("GR1348941", Letters::Word, 20, "a GitLab token"),
    ("HRKU-AA", Letters::Word, 50, "a Heroku key"),
    ("LTAI", Letters::Word, 20, "an Alibaba access key"),
    ("NRAK-", Letters::Word, 27, "a New Relic key"),
    ("NRII-", Letters::Word, 30, "a New Relic key"),
    ("NRSP-", Letters::Word, 30, "a New Relic key"),
    ("PMAK-", Letters::Word, 50, "a Postman key"),
    ("SG.", Letters::Dotted, 22, "a SendGrid key"),
    ("SK", Letters::Hex, 32, "a Twilio key"),
    ("aio_", Letters::Word, 28, "an Adafruit key"),
    ("akcp_", Letters::Word, 40, "an Artifactory key"),
    ("api_org_", Letters::Word, 30, "a Hugging Face token"),
    ("b.AAAAAQ", Letters::Word, 80, "a Vault token"),
    // `-----BEGIN` and the kind of key in base 64.
    (
        "LS0tLS1CRUdJTiBSU0EgUFJJVkFU",
        Letters::Base64,
        40,
        "a private key",
    ),
    (
        "LS0tLS1CRUdJTiBQUklWQVRF",
        Letters::Base64,
        40,
        "a private key",
    ),
    (
        "LS0tLS1CRUdJTiBFQyBQUklWQVRF",
        Letters::Base64,
        40,
        "a private key",
    ),
    (
        "LS0tLS1CRUdJTiBPUEVOU1NIIFBS",
        Letters::Base64,
        40,
        "a private key",
    ),
    ("bkua_", Letters::Word, 40, "a Buildkite token"),
    ("ccipat_", Letters::Word, 30, "a CircleCI token"),
    ("CCIPAT_", Letters::Word, 30, "a CircleCI token"),
    ("cmVmd", Letters::Word, 59, "an Artifactory token"),
    ("dapi", Letters::Hex, 32, "a Databricks token"),
    ("dckr_oat_", Letters::Word, 20, "a Docker token"),
    ("dckr_pat_", Letters::Word, 20, "a Docker token"),
    ("dnkey-", Letters::Word, 60, "a Defined Networking key"),
    ("doo_v1_", Letters::Word, 40, "a DigitalOcean token"),
    ("dop_v1_", Letters::Word, 40, "a DigitalOcean token"),
    ("dor_v1_", Letters::Word, 40, "a DigitalOcean token"),
    ("dp.pt.", Letters::Word, 40, "a Doppler token"),
    ("dp.st.", Letters::Dotted, 40, "a Doppler token"),
    ("dt0c01.", Letters::Dotted, 60, "a Dynatrace token"),
    ("duffel_live_", Letters::Word, 40, "a Duffel token"),
    ("duffel_test_", Letters::Word, 40, "a Duffel token"),
    ("figd_", Letters::Word, 30, "a Figma token"),
    ("fio-u-", Letters::Word, 40, "a Frame.io token"),
    ("fm1a_", Letters::Word, 60, "a Fly.io token"),
    ("fm1r_", Letters::Word, 60, "a Fly.io token"),
    ("fm2_", Letters::Word, 60, "a Fly.io token"),
    ("fo1_", Letters::Word, 43, "a Fly.io token"),
    ("github_pat_", Letters::Word, 22, "a GitHub token"),
    ("gho_", Letters::Word, 36, "a GitHub token"),
    ("ghp_", Letters::Word, 36, "a GitHub token"),
    ("ghr_", Letters::Word, 36, "a GitHub token"),
    ("ghs_", Letters::Word, 36, "a GitHub token"),
    ("ghu_", Letters::Word, 36, "a GitHub token"),
    ("glagent-", Letters::Word, 20, "a GitLab token"),
    ("glc_", Letters::Word, 32, "a Grafana token"),
    ("glcbt-", Letters::Word, 20, "a GitLab token"),
    ("gldt-", Letters::Word, 20, "a GitLab token"),
    ("glffct-", Letters::Word, 20, "a GitLab token"),
    ("glft-", Letters::Word, 20, "a GitLab token"),
    ("glimt-", Letters::Word, 20, "a GitLab token"),
    ("gloas-", Letters::Word, 20, "a GitLab token"),
    ("glpat-", Letters::Dotted, 20, "a GitLab token"),
    ("glptt-", Letters::Word, 20, "a GitLab token"),
    ("glrt-", Letters::Dotted, 20, "a GitLab token"),
    ("glsa_", Letters::Word, 32, "a Grafana token"),
    ("glsoat-", Letters::Word, 20, "a GitLab token"),
    ("gsk_", Letters::Word, 40, "a Groq key"),
    ("hf_", Letters::Word, 30, "a Hugging Face token"),
    ("hvb.", Letters::Word, 40, "a Vault token"),
    ("hvr.", Letters::Word, 40, "a Vault token"),
    ("hvs.", Letters::Word, 24, "a Vault token"),
    ("ico-", Letters::Word, 32, "an Infracost token"),
    ("key-", Letters::Hex, 32, "a Mailgun key"),
    ("lin_api_", Letters::Word, 40, "a Linear key"),
    ("mfa.", Letters::Word, 60, "a Discord token"),
    ("nfp_", Letters::Word, 36, "a Netlify token"),
    ("npm_", Letters::Word, 36, "an npm token"),
    ("ntn_", Letters::Word, 40, "a Notion token"),
    ("oy2", Letters::Word, 43, "a NuGet key"),
    ("p8e-", Letters::Word, 32, "an Adobe client secret"),
    ("phc_", Letters::Word, 40, "a PostHog key"),
    ("phx_", Letters::Word, 40, "a PostHog key"),
    ("pnu_", Letters::Word, 36, "a Prefect token"),
    ("pplx-", Letters::Word, 40, "a Perplexity key"),
    ("pscale_oauth_", Letters::Dotted, 32, "a PlanetScale token"),
    ("pscale_pw_", Letters::Dotted, 32, "a PlanetScale password"),
    ("pscale_tkn_", Letters::Dotted, 32, "a PlanetScale token"),
    ("pul-", Letters::Hex, 40, "a Pulumi token"),
    ("pypi-AgEIcHlwaS5vcmc", Letters::Word, 20, "a PyPI token"),
    (
        "pypi-AgENdGVzdC5weXBpLm9yZw",
        Letters::Word,
        20,
        "a PyPI token",
    ),
    ("r8_", Letters::Word, 37, "a Replicate token"),
    ("rdme_", Letters::Word, 60, "a ReadMe token"),
    ("rk_live_", Letters::Word, 16, "a Stripe key"),
    ("rk_test_", Letters::Word, 16, "a Stripe key"),
    ("rubygems_", Letters::Hex, 48, "a RubyGems token"),
    ("s-s4t2", Letters::Word, 60, "a 42 client secret"),
    ("secret_", Letters::Word, 43, "a Notion token"),
    ("sgp_", Letters::Word, 40, "a Sourcegraph token"),
    ("sha256~", Letters::Word, 43, "an OpenShift token"),
    ("shippo_live_", Letters::Hex, 40, "a Shippo token"),
    ("shippo_test_", Letters::Hex, 40, "a Shippo token"),
    ("shpat_", Letters::Word, 32, "a Shopify token"),
    ("shpca_", Letters::Word, 32, "a Shopify token"),
    ("shppa_", Letters::Word, 32, "a Shopify token"),
    ("shpss_", Letters::Word, 32, "a Shopify secret"),
    ("sk-ant-", Letters::Word, 20, "an Anthropic key"),
    ("sk-admin-", Letters::Word, 20, "an OpenAI key"),
    ("sk-or-v1-", Letters::Word, 40, "an OpenRouter key"),
    ("sk-proj-", Letters::Word, 20, "an OpenAI key"),
    ("sk-svcacct-", Letters::Word, 20, "an OpenAI key"),
    ("sk-", Letters::Word, 40, "an OpenAI key"),
    ("sk_live_", Letters::Word, 16, "a Stripe key"),
    ("sk_test_", Letters::Word, 16, "a Stripe key"),
    ("sl.", Letters::Word, 100, "a Dropbox token"),
    ("nvapi-", Letters::Word, 60, "an NVIDIA key"),
    ("lsv2_pt_", Letters::Word, 40, "a LangSmith key"),
    ("lsv2_sk_", Letters::Word, 40, "a LangSmith key"),
    ("ramp_sec_", Letters::Word, 40, "a Ramp secret"),
    ("VF.", Letters::Dotted, 41, "a Voiceflow key"),
    ("live_", Letters::Hex, 35, "a Lob key"),
    ("y0_", Letters::Word, 50, "a Yandex token"),
    ("y0__", Letters::Word, 50, "a Yandex token"),
    ("sntrys_", Letters::Word, 40, "a Sentry token"),
    ("sntryu_", Letters::Hex, 64, "a Sentry token"),
    ("sq0atp-", Letters::Word, 22, "a Square token"),
    ("sq0csp-", Letters::Word, 40, "a Square secret"),
    ("squ_", Letters::Word, 40, "a SonarQube token"),
    ("sqa_", Letters::Word, 40, "a SonarQube token"),
    ("sqp_", Letters::Word, 40, "a SonarQube token"),
    ("tfp_", Letters::Dotted, 40, "a Typeform token"),
    ("tskey-", Letters::Word, 20, "a Tailscale key"),
    ("whsec_", Letters::Word, 24, "a webhook secret"),
    ("xai-", Letters::Word, 60, "an xAI key"),
    ("xapp-", Letters::Word, 20, "a Slack token"),
    ("xkeysib-", Letters::Word, 60, "a Brevo key"),
    ("xoxa-", Letters::Word, 10, "a Slack token"),
    ("xoxb-", Letters::Word, 10, "a Slack token"),
    ("xoxc-", Letters::Word, 10, "a Slack token"),
    ("xoxd-", Letters::Word, 10, "a Slack token"),
    ("xoxe-", Letters::Word, 10, "a Slack token"),
    ("xoxe.xox", Letters::Word, 20, "a Slack token"),
    ("xoxo-", Letters::Word, 10, "a Slack token"),
    ("xoxp-", Letters::Word, 10, "a Slack token"),
    ("xoxr-", Letters::Word, 10, "a Slack token"),
    ("xoxs-", Letters::Word, 10, "a Slack token"),
    ("ya29.", Letters::Dotted, 20, "a Google token"),
];

/// Web hooks: what their addresses begin with after the scheme and a subdomain. Whoever knows the rest
/// may post.
pub(super) const HOOKS: &[(&str, &str)] = &[
    ("hooks.slack.com/services/", "a Slack web hook"),
    ("hooks.slack.com/workflows/", "a Slack web hook"),
    ("hooks.slack.com/triggers/", "a Slack web hook"),
    ("discord.com/api/webhooks/", "a Discord web hook"),
    ("discordapp.com/api/webhooks/", "a Discord web hook"),
    ("webhook.office.com/webhookb2/", "a Teams web hook"),
    ("outlook.office.com/webhook/", "a Teams web hook"),
    ("hooks.zapier.com/hooks/catch/", "a Zapier web hook"),
    ("maker.ifttt.com/trigger/", "an IFTTT web hook"),
    (
        "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
        "a WeCom web hook",
    ),
    (
        "oapi.dingtalk.com/robot/send?access_token=",
        "a DingTalk web hook",
    ),
    ("open.feishu.cn/open-apis/bot/v2/hook/", "a Feishu web hook"),
];

/// The bytes at which something may begin, or have begun.
pub(super) const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    stops[b':' as usize] = true;
    stops[b'-' as usize] = true;
    stops[b'~' as usize] = true;
    stops[b'B' as usize] = true;
    stops[b'T' as usize] = true;
    stops[b't' as usize] = true;
    stops[b'e' as usize] = true;
    stops[b'.' as usize] = true;
    stops[b'_' as usize] = true;
    stops[b'N' as usize] = true;
    stops[b'@' as usize] = true;
    let mut index = 0;
    while index < TOKENS.len() {
        stops[TOKENS[index].0.as_bytes()[0] as usize] = true;
        index += 1;
    }
    stops
};

/// Where in the table the prefixes stand that begin with a byte: from the first to behind the last.
pub(super) static RANGES: [(usize, usize); 256] = {
    let mut ranges = [(0, 0); 256];
    let mut index = TOKENS.len();
    while index > 0 {
        index -= 1;
        let first = TOKENS[index].0.as_bytes()[0] as usize;
        let (_, end) = ranges[first];
        ranges[first] = (index, if end == 0 { index + 1 } else { end });
    }
    ranges
};

/// The second bytes of the prefixes that begin with a byte: one bit for each, all of them being ASCII.
pub(super) static SECONDS: [u128; 256] = {
    let mut seconds = [0; 256];
    let mut index = 0;
    while index < TOKENS.len() {
        let prefix = TOKENS[index].0.as_bytes();
        seconds[prefix[0] as usize] |= 1 << prefix[1];
        index += 1;
    }
    seconds
};
