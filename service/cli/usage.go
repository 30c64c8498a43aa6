package cli

// Usage gives the help on a command, or on all for Window.
func Usage(topic Name) string {
	switch topic {
	case Upload:
		return `Usage: sluice upload [-json] [-album TITLE] FILE…
       sluice upload -resume [-json]

Uploads files without a window. Of a folder, the files below it are uploaded.
Progress goes to standard error, links to standard output, one a line, in the
order of the files.

  -album TITLE  put the files into a new album; its link is the last line
  -json         print one JSON object a line instead of links:
                {"path","id","url","size","sha256","status","error"}
                with status "uploaded", "duplicate" (the account had it) or "failed"
  -resume       finish what earlier runs left, print their links

Files that were accepted are never forgotten: after an interruption
"sluice upload -resume" goes on with them. While Sluice's window is open, it does
the work and this command shows it.

Exit code: 0 every file has a link, 1 some have not, 2 wrong use, 3 no API key.
` + environment
	case Sandbox:
		return `Usage: sluice sandbox [OPTION]…

Runs a service like Pixeldrain on this computer only, until it is stopped with
Ctrl+C. The first line of standard output is its API address, to be used as
SLUICE_API_URL.

  -addr HOST:PORT  where to listen (127.0.0.1 and a free port)
  -dir DIR         keep files there, and find them again (a temporary folder)
  -key KEY         the only API key that it takes (every key is the same account)
  -files N         give the account N made-up files (0)
  -latency D       wait before each answer, like 40ms (0)
  -throttle SIZE   take and give that much a second, like 5MB (no limit)
  -max-size SIZE   largest file that it takes, like 10GB (10GB)
  -dialect YEAR    answer like the service of 2020 or 2026 (2026)
`
	case Window, Help, Version, KeyringHelper:
	}
	return `Usage: sluice [FILE…]                                   open the window and upload the files
       sluice -sandbox [FILE…]                          the same to try out: no account, nothing
                                                        leaves this computer
       sluice upload [-json] [-album TITLE] FILE…       upload without a window, print links
       sluice upload -resume                            finish what earlier runs left
       sluice sandbox [OPTION]…                         only the service to try out
       sluice -version | -h | help [upload | sandbox]

When a Sluice is running already, it gets the files.
` + environment
}

const environment = `
Environment:
  SLUICE_HOME     folder for everything that Sluice keeps
  SLUICE_API_URL  address of the service (https://pixeldrain.com/api)
  SLUICE_API_KEY  API key, used instead of the one in the system's keyring; never kept
`
