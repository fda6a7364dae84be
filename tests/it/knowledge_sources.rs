//! The built-in pack: sources other than Windows. Events are invented; expectations are derived by hand.

use crate::rows::{fields, row_of};

/// Source and sourcetype; the event; names and values.
type Case = ((&'static str, &'static str), &'static str, &'static [(&'static str, &'static str)]);

fn pairs(expected: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let names = expected.iter().map(|(name, _)| (*name).to_owned()).collect();
    (names, expected.iter().map(|(name, value)| format!("{name}={value}")).collect())
}

fn check_fields(cases: &[Case]) {
    for ((source, sourcetype), event, expected) in cases {
        let (names, expected) = pairs(expected);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(fields(source, sourcetype, event, &names), expected, "{event}");
    }
}

fn check_rows(model: &str, dataset: &str, cases: &[Case]) {
    for (origin, event, expected) in cases {
        let (names, expected) = pairs(expected);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(row_of(model, dataset, *origin, event, &names), Some(expected), "{event}");
    }
}

const CLOUDTRAIL: (&str, &str) = ("aws_cloudtrail", "aws:cloudtrail");
const OKTA: (&str, &str) = ("Okta", "OktaIM2:log");

#[test]
fn logons() {
    check_rows(
        "Authentication",
        "Authentication",
        &[
            (
                CLOUDTRAIL,
                r#"{"userIdentity":{"type":"IAMUser","principalId":"AIDA1","userName":"ann"},"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","sourceIPAddress":"192.0.2.9","errorMessage":"No","responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"No","LoginTo":"https://console.example.test"},"eventType":"AwsConsoleSignIn"}"#,
                &[
                    ("action", "failure"),
                    ("user", "ann"),
                    ("src", "192.0.2.9"),
                    ("app", "AwsConsoleSignIn"),
                    ("signature", "ConsoleLogin"),
                    ("authentication_method", "SFA"),
                    ("dest", "https://console.example.test"),
                ],
            ),
            (
                OKTA,
                r#"{"actor":{"id":"00u1","type":"User","alternateId":"ann@example.test"},"client":{"ipAddress":"192.0.2.5"},"displayMessage":"User login","eventType":"user.session.start","outcome":{"result":"FAILURE","reason":"INVALID_CREDENTIALS"},"target":null}"#,
                &[
                    ("action", "failure"),
                    ("user", "ann@example.test"),
                    ("src", "192.0.2.5"),
                    ("signature", "user.session.start"),
                    ("reason", "INVALID_CREDENTIALS"),
                ],
            ),
            (
                ("Azure AD", "azure:monitor:aad"),
                r#"{"operationName":"Sign-in activity","category":"SignInLogs","tenantId":"t1","callerIpAddress":"192.0.2.3","properties":{"userPrincipalName":"bob@example.test","appDisplayName":"Portal","userAgent":"UA","status":{"errorCode":50126,"failureReason":"Bad password"}}}"#,
                &[
                    ("action", "failure"),
                    ("user", "bob@example.test"),
                    ("src", "192.0.2.3"),
                    ("app", "Portal"),
                    ("dest", "t1"),
                    ("user_agent", "UA"),
                ],
            ),
            (
                ("/var/log/secure", "linux_secure"),
                "Jan  2 03:04:05 web1 sshd[812]: Failed password for invalid user eve from 192.0.2.7 port 4242 ssh2",
                &[("action", "failure"), ("user", "eve"), ("src", "192.0.2.7"), ("dest", "web1"), ("app", "sshd")],
            ),
        ],
    );
}

#[test]
fn changes() {
    check_rows(
        "Change",
        "All_Changes",
        &[
            (
                CLOUDTRAIL,
                r#"{"userIdentity":{"type":"AssumedRole","principalId":"AROA1:s","sessionContext":{"sessionIssuer":{"userName":"ops"}}},"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","requestParameters":{"instanceType":"t3.micro","instancesSet":{"items":[{"imageId":"ami-1"}]}},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"}]}}}"#,
                &[
                    ("action", "created"),
                    ("user", "ops"),
                    ("object_category", "instance"),
                    ("object", "i-1"),
                    ("dest", "i-1"),
                    ("change_type", "EC2"),
                    ("status", "success"),
                    ("image_id", "ami-1"),
                ],
            ),
            (
                OKTA,
                r#"{"actor":{"alternateId":"adm@example.test"},"client":{"ipAddress":"192.0.2.5"},"displayMessage":"Max attempts","eventType":"user.account.lock","outcome":{"result":"FAILURE"},"target":[{"type":"User","alternateId":"ann@example.test"}]}"#,
                &[
                    ("action", "lockout"),
                    ("change_type", "AAA"),
                    ("object_category", "User"),
                    ("user", "ann@example.test"),
                    ("result", "Max attempts"),
                ],
            ),
        ],
    );
}

#[test]
fn requests_to_web_servers() {
    check_rows(
        "Web",
        "Web",
        &[
            (
                ("suricata", "suricata"),
                r#"{"event_type":"http","src_ip":"192.0.2.1","dest_ip":"192.0.2.2","http":{"hostname":"shop.example.test","url":"/a/b?x=1","http_method":"GET","status":200}}"#,
                &[
                    ("url", "/a/b?x=1"),
                    ("url_length", "8"),
                    ("dest", "shop.example.test"),
                    ("src", "192.0.2.1"),
                    ("status", "200"),
                    ("http_user_agent", "unknown"),
                ],
            ),
            (
                ("nginx", "nginx:plus:kv"),
                r#"site="shop.example.test" server="web1" src="192.0.2.4" user="-" status="404" uri_query="a=1&b=2" uri_path="/m" http_method="POST" https="on""#,
                &[
                    ("url", "https://shop.example.test/m?a=1&b=2"),
                    ("dest", "web1"),
                    ("user", "unknown"),
                    ("status", "404"),
                    ("http_method", "POST"),
                ],
            ),
            (
                ("pan:threat", "pan:threat"),
                r#"Jan  2 03:04:06 fw1 1,2024/01/02 03:04:05,0011,THREAT,url,1,2024/01/02 03:04:05,192.0.2.1,198.51.100.2,0.0.0.0,0.0.0.0,out,,ann,web-browsing,vsys1,in,out,e1,e2,f,x,123,1,5000,443,0,0,0x1,tcp,reset-both,"site.example.test/a,b",(9999),online,informational,c,1,0x0,US,US,0,text/html,0,,,1,"UA (a, b)",,,,,,,0,0,0,0,0,,fw1,,,,get"#,
                &[
                    ("url", "site.example.test/a,b"),
                    ("http_method", "GET"),
                    ("action", "blocked"),
                    ("user", "ann"),
                    ("http_user_agent", "UA (a, b)"),
                    ("category", "online"),
                ],
            ),
        ],
    );
}

#[test]
fn connections() {
    check_rows(
        "Network_Traffic",
        "All_Traffic",
        &[
            (
                ("vpc", "aws:cloudwatchlogs:vpcflow"),
                "2 111122223333 eni-1 192.0.2.1 198.51.100.2 443 5555 6 10 840 1704164645 1704164705 REJECT OK",
                &[
                    ("action", "blocked"),
                    ("src", "192.0.2.1"),
                    ("dest_port", "5555"),
                    ("transport", "tcp"),
                    ("bytes", "840"),
                ],
            ),
            (
                ("bro", "bro:conn:json"),
                r#"{"ts":1704164645.5,"id.orig_h":"192.0.2.1","id.resp_h":"198.51.100.1","id.resp_p":389,"proto":"tcp","service":"ldap","conn_state":"SF"}"#,
                &[
                    ("src", "192.0.2.1"),
                    ("dest", "198.51.100.1"),
                    ("dest_port", "389"),
                    ("app", "ldap"),
                    ("action", "allowed"),
                ],
            ),
            (
                ("pan:traffic", "pan:traffic"),
                "1,2024/01/02 03:04:07,0011,TRAFFIC,end,1,2024/01/02 03:04:07,192.0.2.1,198.51.100.2,0.0.0.0,0.0.0.0,out,,,tor,vsys1,in,out,e1,e2,f,x,123,1,5000,9001,0,0,0x1,tcp,allow,300,200,100,5",
                &[
                    ("app", "tor"),
                    ("action", "allowed"),
                    ("dest_port", "9001"),
                    ("src_zone", "in"),
                    ("bytes_in", "100"),
                ],
            ),
        ],
    );
}

#[test]
fn processes_of_a_sensor() {
    check_rows(
        "Endpoint",
        "Processes",
        &[(
            ("crowdstrike", "crowdstrike:events:sensor"),
            r#"{"event_simpleName":"ProcessRollup2","ComputerName":"WS9","CommandLine":"cmd /c whoami","ImageFileName":"\\Device\\HarddiskVolume2\\Windows\\cmd.exe","RawProcessId":"812","ParentBaseFileName":"explorer.exe","UserName":"ann","IntegrityLevel":"12288"}"#,
            &[
                ("process_name", "cmd.exe"),
                ("process_path", "\\Device\\HarddiskVolume2\\Windows\\cmd.exe"),
                ("process_id", "812"),
                ("parent_process", "unknown"),
                ("parent_process_name", "explorer.exe"),
                ("process_integrity_level", "high"),
                ("dest", "WS9"),
            ],
        )],
    );
}

#[test]
fn fields_of_raw_searches() {
    check_fields(&[
        (
            ("o365", "o365:management:activity"),
            r#"{"Operation":"Add member to role.","OrganizationId":"org1","RecordType":8,"ResultStatus":"Success","UserType":0,"Workload":"AzureActiveDirectory","ObjectId":"vic@example.test","UserId":"adm@example.test","ExtendedProperties":[{"Name":"additionalDetails","Value":"{\"User-Agent\":\"UA (X)\"}"}],"Actor":[{"ID":"adm@example.test","Type":5},{"ID":"1003","Type":3}],"Target":[{"ID":"User_1","Type":2},{"ID":"vic@example.test","Type":5}]}"#,
            &[
                ("user", "vic@example.test"),
                ("src_user", "adm@example.test"),
                ("object", "vic@example.test"),
                ("user_agent", "UA (X)"),
                ("user_type", "Regular"),
                ("status", "success"),
                ("vendor_product", "Microsoft Office 365 AzureActiveDirectory"),
            ],
        ),
        (
            ("stash", "stash"),
            "1704164645, search_name=\"A, b=c\", risk_object=\"host1\", annotations.mitre_attack=\"T1059\", annotations.mitre_attack=\"T1003\", x=7",
            &[
                ("search_name", "A, b=c"),
                ("risk_object", "host1"),
                ("annotations.mitre_attack", "T1059|T1003"),
                ("x", "7"),
                ("b", ""),
            ],
        ),
        (
            ("PINGID", "_json"),
            r#"{"source":"PINGID","result":{"status":"POLICY"},"actors":[{"name":"ann"}]}"#,
            &[("extracted_source", "PINGID"), ("result.status", "POLICY"), ("actors{}.name", "ann")],
        ),
        (
            ("gws", "gws:reports:login"),
            r#"{"id":{"applicationName":"login","customerId":"C1"},"actor":{"email":"ann@example.test"},"ipAddress":"192.0.2.6","event":{"name":"login_success","parameters":[{"name":"login_type","value":"google_password"},{"name":"login_challenge_method","multiValue":["password"]}]}}"#,
            &[
                ("user", "ann@example.test"),
                ("login_challenge_method", "password"),
                ("authentication_method", "google_password"),
                ("action", "success"),
                ("app", "login"),
                ("vendor_account", "C1"),
            ],
        ),
    ]);
}
