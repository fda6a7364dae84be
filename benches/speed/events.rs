//! Sysmon events as Windows writes them in XML, invented, the same in every run.

use super::shared::Dice;
use std::fmt::Write as _;

const IMAGES: [&str; 6] = [
    r"C:\Windows\System32\cmd.exe",
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\explorer.exe",
    r"C:\Program Files\Invented\agent.exe",
    r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
    r"C:\Windows\System32\rundll32.exe",
];

/// Three in seven start a process.
const CODES: [u8; 7] = [1, 1, 1, 3, 7, 11, 13];

/// So many events, one per line.
pub(super) fn sysmon(count: usize) -> String {
    let mut dice = Dice(0x5EED);
    let mut log = String::with_capacity(count * 1300);
    for number in 0..count {
        event(&mut log, &mut dice, number);
    }
    log
}

fn event(log: &mut String, dice: &mut Dice, number: usize) {
    let code = CODES[dice.roll(CODES.len())];
    let (minute, second) = (number / 60 % 60, number % 60);
    let host = dice.roll(30);
    let image = IMAGES[dice.roll(IMAGES.len())];
    let _ = write!(
        log,
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Sysmon' Guid='{{5770385F-C22A-43E0-BF4C-06F5698FFBD9}}'/>\
         <EventID>{code}</EventID><Version>5</Version><Level>4</Level><Task>{code}</Task><Opcode>0</Opcode>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2025-01-02T03:{minute:02}:{second:02}.5Z'/>\
         <EventRecordID>{number}</EventRecordID><Correlation/><Execution ProcessID='1234' ThreadID='4321'/>\
         <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>host{host:02}.example.test</Computer>\
         <Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data>\
         <Data Name='UtcTime'>2025-01-02 03:{minute:02}:{second:02}.500</Data>\
         <Data Name='ProcessGuid'>{{{number:08x}}}</Data><Data Name='ProcessId'>{pid}</Data>\
         <Data Name='Image'>{image}</Data><Data Name='User'>EXAMPLE\\user{user}</Data>",
        pid = dice.roll(9999),
        user = dice.roll(40),
    );
    if code == 1 {
        let parent = IMAGES[dice.roll(IMAGES.len())];
        let _ = write!(
            log,
            "<Data Name='FileVersion'>10.0.1</Data><Data Name='Description'>A tool</Data>\
             <Data Name='OriginalFileName'>{name}</Data><Data Name='CommandLine'>{image} /c run{run}</Data>\
             <Data Name='CurrentDirectory'>C:\\Temp\\</Data><Data Name='IntegrityLevel'>High</Data>\
             <Data Name='Hashes'>MD5={md5:032x},SHA256={sha:064x}</Data>\
             <Data Name='ParentProcessGuid'>{{a{number:08x}}}</Data><Data Name='ParentProcessId'>{ppid}</Data>\
             <Data Name='ParentImage'>{parent}</Data><Data Name='ParentCommandLine'>{parent} -k x</Data>\
             <Data Name='ParentUser'>EXAMPLE\\user1</Data>",
            name = image.rsplit('\\').next().unwrap_or_default(),
            run = dice.roll(5000),
            md5 = dice.roll(usize::MAX),
            sha = dice.roll(usize::MAX),
            ppid = dice.roll(9999),
        );
    } else {
        let _ = write!(log, "<Data Name='TargetFilename'>C:\\Temp\\f{number}.tmp</Data>");
    }
    log.push_str("</EventData></Event>\n");
}

const CALLS: [(&str, &str); 6] = [
    ("s3.amazonaws.com", "GetObject"),
    ("iam.amazonaws.com", "AttachUserPolicy"),
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("sts.amazonaws.com", "AssumeRole"),
    ("kms.amazonaws.com", "Decrypt"),
    ("signin.amazonaws.com", "ConsoleLogin"),
];

/// So many CloudTrail records, one per line.
pub(super) fn cloudtrail(count: usize) -> String {
    let mut dice = Dice(0xC10D);
    let mut log = String::with_capacity(count * 1500);
    for number in 0..count {
        let (source, name) = CALLS[dice.roll(CALLS.len())];
        let (user, region, host) = (dice.roll(60), dice.roll(4), dice.roll(250));
        let _ = writeln!(
            log,
            "{{\"eventVersion\":\"1.08\",\"userIdentity\":{{\"type\":\"IAMUser\",\"principalId\":\"AIDAEXAMPLE{user:04}\",\
             \"arn\":\"arn:aws:iam::111111111111:user/user{user}\",\"accountId\":\"111111111111\",\"accessKeyId\":\
             \"AKIAEXAMPLE{user:04}\",\"userName\":\"user{user}\",\"sessionContext\":{{\"sessionIssuer\":{{}},\
             \"webIdFederationData\":{{}},\"attributes\":{{\"creationDate\":\"2025-01-02T03:04:05Z\",\
             \"mfaAuthenticated\":\"false\"}}}}}},\"eventTime\":\"2025-01-02T03:{minute:02}:{second:02}Z\",\
             \"eventSource\":\"{source}\",\"eventName\":\"{name}\",\"awsRegion\":\"eu-example-{region}\",\
             \"sourceIPAddress\":\"192.0.2.{host}\",\"userAgent\":\"[aws-cli/2.0 Python/3.9 \\\"invented\\\"]\",\
             \"requestParameters\":{{\"bucketName\":\"bucket-{user}\",\"Host\":\"bucket.example.test\",\"key\":\
             \"a/b/c/{number}.json\",\"filterSet\":{{\"items\":[{{\"name\":\"tag\",\"values\":[\"x\",\"y\"]}},{{\"name\":\
             \"state\",\"values\":[\"running\"]}}]}}}},\"responseElements\":null,\"additionalEventData\":{{\
             \"SignatureVersion\":\"SigV4\",\"CipherSuite\":\"TLS_EXAMPLE\",\"bytesTransferredIn\":0,\
             \"AuthenticationMethod\":\"AuthHeader\",\"x-id\":\"{number:032x}\",\"bytesTransferredOut\":{bytes}}},\
             \"requestID\":\"{number:016X}\",\"eventID\":\"{number:08x}-0000-0000-0000-000000000000\",\"readOnly\":true,\
             \"resources\":[{{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::bucket-{user}/a\"}},{{\"accountId\":\
             \"111111111111\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::bucket-{user}\"}}],\"eventType\":\
             \"AwsApiCall\",\"managementEvent\":false,\"recipientAccountId\":\"111111111111\",\"eventCategory\":\"Data\",\
             \"tlsDetails\":{{\"tlsVersion\":\"TLSv1.2\",\"cipherSuite\":\"TLS_EXAMPLE\",\"clientProvidedHostHeader\":\
             \"bucket.example.test\"}}}}",
            minute = number / 60 % 60,
            second = number % 60,
            bytes = dice.roll(90_000),
        );
    }
    log
}
