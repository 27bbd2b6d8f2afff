package snippet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/console/snippet"
)

// hostile are texts that have an effect if they are not quoted.
var hostile = []string{
	"", " ", "-n", "~", "*", "a b", "it's", `"`, "'", "''", `\`, `\'`, "$(id)", "`id`", "$HOME", "${HOME}", "a;id", "a&&id", "a|id", "a>b", "a<b", "#a", "a #b", "!id", "!!",
	"a\nid\n", "\n", "\r\nid", "a\tb", "=a", "a=b", "{a,b}", "[a]", "?", "(id)", "$'\\n'", "é\u2028", "\xff", "https://$(id)", "https://arx.example/?a=1&b=2", "\x00a",
}

// shells returns the shells of this machine into which a person might paste a command.
func shells(t testing.TB) []string {
	t.Helper()
	var found []string
	for _, name := range []string{"sh", "bash", "zsh"} {
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		t.Skip("no shell")
	}
	return found
}

// run runs the script in an empty directory and returns its output.
func run(t testing.TB, shell, script string) string {
	t.Helper()
	cmd := exec.Command(shell, "-c", script)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
	return string(out)
}

func word(t testing.TB, text string) {
	t.Helper()
	want := strings.ReplaceAll(text, "\x00", "")
	for _, shell := range shells(t) {
		if got := run(t, shell, "printf '%s|' "+snippet.Word(text)+" end"); got != want+"|end|" {
			t.Errorf("%s reads %q of %q", shell, got, text)
		}
	}
}

func assignment(t testing.TB, text string) {
	t.Helper()
	want := strings.ReplaceAll(text, "\x00", "")
	file := filepath.Join(t.TempDir(), ".env")
	content := snippet.Comment(text) + snippet.Assignment("FIRST", text) + snippet.Comment(text) + snippet.Assignment("SECOND", "x")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, shell := range shells(t) {
		if got := run(t, shell, ". "+file+`; printf '%s|%s' "$FIRST" "$SECOND"`); got != want+"|x" {
			t.Errorf("%s reads %q of %q", shell, got, text)
		}
	}
}

func TestShellTakesAWordForTheTextThatItIs(t *testing.T) {
	for _, text := range hostile {
		word(t, text)
	}
}

func TestShellReadsTheValueFromAnEnvFile(t *testing.T) {
	for _, text := range hostile {
		assignment(t, text)
	}
}

func TestPlainValueStandsWithoutQuotes(t *testing.T) {
	const value = "https://arx.example/v1"
	if got := snippet.Assignment("URL", value); got != "URL="+value+"\n" {
		t.Errorf("%q", got)
	}
}

func TestCommandIsOneThoughItHasSeveralLines(t *testing.T) {
	command := snippet.Command([]string{"printf", "'%s|'"}, []string{"a", snippet.Word("b c")}, []string{"d"})
	if lines := strings.Count(command, "\n"); lines != 2 {
		t.Errorf("%d line breaks in %q", lines, command)
	}
	for _, shell := range shells(t) {
		if got := run(t, shell, command); got != "a|b c|d|" {
			t.Errorf("%s prints %q", shell, got)
		}
	}
}

func FuzzWord(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { word(t, text) })
}

func FuzzAssignment(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { assignment(t, text) })
}
