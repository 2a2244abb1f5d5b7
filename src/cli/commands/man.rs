//! `jobc man`: the manual page, all commands on it.

use std::fmt::Write;
use std::io;

use clap::Command;
use clap_mangen::Man;

use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::{output, topics};

pub(crate) fn run(whole: &Command) -> Result<Exit, Ending> {
    output::print_as_it_is(&page(whole)?)?;
    Ok(Exit::Done)
}

fn page(command: &Command) -> io::Result<String> {
    let man = Man::new(command.clone());
    let mut page = text(|out| man.render_title(out))?;
    page += &body(|out| man.render_name_section(out))?;
    page += &body(|out| man.render_synopsis_section(out))?;
    page += &body(|out| man.render_description_section(out))?;
    page += ".SH COMMANDS\n";
    for subcommand in command.get_subcommands() {
        page += &section(subcommand)?;
    }
    page += &body(|out| man.render_options_section(out))?;
    for (title, body) in topics::SECTIONS {
        writeln!(page, ".SH \"{}\"\n.nf", title.to_uppercase()).expect("a string takes all");
        for line in body.lines() {
            page += &escaped(line);
        }
        page += ".fi\n";
    }
    Ok(page)
}

/// A command as a part of the page: what clap would print on a page of its own, without headings.
fn section(command: &Command) -> io::Result<String> {
    let name = format!("jobc {}", command.get_name());
    let command = command
        .clone()
        .bin_name(&name)
        .disable_help_flag(true)
        .disable_version_flag(true);
    let man = Man::new(command);
    let mut section = format!(".SS \"{name}\"\n");
    let parts = [
        body(|out| man.render_synopsis_section(out))?,
        body(|out| man.render_description_section(out))?,
        body(|out| man.render_options_section(out))?,
    ];
    for part in parts {
        let lines = part.lines().filter(|line| !line.starts_with(".SH "));
        section.push_str(".PP\n");
        section.extend(lines.flat_map(|line| [line, "\n"]));
    }
    Ok(section)
}

/// What follows the definitions that every text of clap's begins with.
fn body(render: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<String> {
    let text = text(render)?;
    let start = text.find(".SH ").unwrap_or(text.len());
    Ok(text[start..].to_owned())
}

fn text(render: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<String> {
    let mut text = Vec::new();
    render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A line of text in which nothing is an order to the typesetter.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    format!("\\&{}\n", line.replace('\'', "\\(aq"))
}
