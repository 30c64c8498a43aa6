package cli

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("-there", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	up := func(o UploadOptions, files ...string) Command {
		return Command{Name: Upload, Upload: o, Files: files}
	}
	server := func(o ServerOptions) Command {
		if o.Dialect == 0 {
			o.Dialect = 2026
		}
		return Command{Name: Sandbox, Server: o}
	}
	for line, want := range map[string]Command{
		"":                           {Files: []string{}},
		"a b":                        {Files: []string{"a", "b"}},
		"-psn_0_123":                 {Files: []string{}},
		"-sandbox a":                 {Tryout: true, Files: []string{"a"}},
		"--sandbox":                  {Tryout: true, Files: []string{}},
		"-- upload":                  {Files: []string{"upload"}},
		"./upload":                   {Files: []string{"./upload"}},
		"a -there":                   {Files: []string{"a", "-there"}},
		"-version":                   {Name: Version},
		"--version":                  {Name: Version},
		"-h":                         {Name: Help},
		"--help":                     {Name: Help},
		"help":                       {Name: Help},
		"help upload":                {Name: Help, Topic: Upload},
		"help sandbox":               {Name: Help, Topic: Sandbox},
		"upload -h":                  {Name: Help, Topic: Upload},
		"upload -json -h x":          {Name: Help, Topic: Upload},
		"sandbox --help":             {Name: Help, Topic: Sandbox},
		"keyring-helper":             {Name: KeyringHelper},
		"upload a":                   up(UploadOptions{}, "a"),
		"upload -json -album T a b":  up(UploadOptions{JSON: true, Album: "T"}, "a", "b"),
		"upload -album=-x -- -a b":   up(UploadOptions{Album: "-x"}, "-a", "b"),
		"upload -resume":             up(UploadOptions{Resume: true}, []string{}...),
		"upload -resume -json":       up(UploadOptions{Resume: true, JSON: true}),
		"sandbox":                    server(ServerOptions{}),
		"sandbox -dialect 2020":      server(ServerOptions{Dialect: 2020}),
		"sandbox -addr :1 -key k":    server(ServerOptions{Addr: ":1", Key: "k"}),
		"sandbox -dir d -files 3":    server(ServerOptions{Dir: "d", Files: 3}),
		"sandbox -latency 40ms":      server(ServerOptions{Latency: 40 * time.Millisecond}),
		"sandbox -throttle 1.5MB":    server(ServerOptions{Throttle: 1_500_000}),
		"sandbox -max-size 2GiB":     server(ServerOptions{MaxFileSize: 2 << 30}),
		"sandbox -max-size 10000000": server(ServerOptions{MaxFileSize: 10_000_000}),
	} {
		got, err := Parse(strings.Fields(line))
		if got.Files == nil {
			got.Files = want.Files
		}
		if want.Files == nil && len(got.Files) == 0 {
			got.Files = nil
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v", line, got, err)
		}
	}
}

func TestWrongUse(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args  []string
		topic Name
		says  string
	}{
		{[]string{"-frobnicate"}, Window, "frobnicate"},
		{[]string{"a", "-sandbox"}, Window, "before the files"},
		{[]string{"a", ""}, Window, "empty"},
		{[]string{"help", "me"}, Window, "no help"},
		{[]string{"help", "upload", "now"}, Window, "no help"},
		{[]string{"upload"}, Upload, "No files"},
		{[]string{"upload", "-json"}, Upload, "No files"},
		{[]string{"upload", "a", "-json"}, Upload, "before the files"},
		{[]string{"upload", "-resume", "a"}, Upload, "-resume"},
		{[]string{"upload", "-resume", "-album", "T"}, Upload, "album"},
		{[]string{"upload", "-album"}, Upload, "argument"},
		{[]string{"upload", "-album", " ", "a"}, Upload, "title is empty"},
		{[]string{"upload", "-album", "\xff", "a"}, Upload, "not valid text"},
		{[]string{"upload", "-album", strings.Repeat("ü", 301), "a"}, Upload, "300"},
		{[]string{"upload", "-key", "secret", "a"}, Upload, "-key"},
		{[]string{"sandbox", "x"}, Sandbox, "no files"},
		{[]string{"sandbox", "-files", "-1"}, Sandbox, "negative"},
		{[]string{"sandbox", "-files", "many"}, Sandbox, "many"},
		{[]string{"sandbox", "-latency", "-1s"}, Sandbox, "negative"},
		{[]string{"sandbox", "-dialect", "1999"}, Sandbox, "2020 or 2026"},
		{[]string{"sandbox", "-throttle", "fast"}, Sandbox, "500KB"},
		{[]string{"sandbox", "-max-size", "9e99"}, Sandbox, "500KB"},
		{[]string{"sandbox", "-max-size", "1XB"}, Sandbox, "500KB"},
	} {
		_, err := Parse(c.args)
		e, ok := errors.AsType[*UsageError](err)
		if !ok || e.Topic != c.topic || !strings.Contains(e.Text, c.says) {
			t.Errorf("%q: got %v", c.args, err)
		}
	}
	if _, err := Parse([]string{"upload", "-album", strings.Repeat("ü", 300), filepath.Join("a", "b")}); err != nil {
		t.Errorf("a title of 300 characters: %v", err)
	}
}

func TestUsageNamesEveryOption(t *testing.T) {
	for topic, options := range map[Name][]string{
		Window:  {"-sandbox", "upload", "-resume", "-version", "-h", "SLUICE_HOME", "SLUICE_API_URL", "SLUICE_API_KEY"},
		Upload:  {"-json", "-album", "-resume", "Exit code", "SLUICE_API_KEY"},
		Sandbox: {"-addr", "-dir", "-key", "-files", "-latency", "-throttle", "-max-size", "-dialect"},
	} {
		text := Usage(topic)
		for _, option := range options {
			if !strings.Contains(text, option) {
				t.Errorf("the usage of %q does not name %s", topic, option)
			}
		}
		if strings.Contains(text, string(KeyringHelper)) {
			t.Errorf("the usage of %q tells of the hidden command", topic)
		}
	}
}

func TestFormatSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.00 kB", 9994: "9.99 kB", 9996: "10.0 kB", 99_960: "100 kB",
		999_499: "999 kB", 999_500: "1.00 MB", 5_000_000: "5.00 MB", 61_234_567_890: "61.2 GB", 1 << 62: "4612 PB",
	} {
		if got := formatSize(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
