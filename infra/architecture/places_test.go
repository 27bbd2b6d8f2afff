package architecture

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// machines matches absolute paths of one machine. It is concatenated so that this file does not match itself.
var machines = regexp.MustCompile(`(^|[^\w./-])/(` + strings.Join([]string{"roo" + "t", "wor" + "k", "Use" + "rs/[a-z]+", "hom" + "e/[a-z]+"}, "|") + `)(/|\b)`)

// wrongPlaces finds paths and hosts of one machine in a text: they would not work in a clone elsewhere.
func wrongPlaces(name, text string, hosts []string) (complaints []string) {
	for i, line := range strings.Split(text, "\n") {
		if found := machines.FindString(line); found != "" {
			complaints = append(complaints, fmt.Sprintf("%s:%d contains a path of one machine, %s: make it relative to the repository", name, i+1, strings.TrimSpace(found)))
		}
		for _, h := range hosts {
			if strings.Contains(line, h) {
				complaints = append(complaints, fmt.Sprintf("%s:%d contains the package host %s of this machine: leave that to the machine's configuration", name, i+1, h))
			}
		}
	}
	return complaints
}

// registries returns the hosts that this machine fetches packages from.
func registries(t *testing.T) (hosts []string) {
	t.Helper()
	settings, err := exec.Command("go", "env", "GOPROXY", "GOSUMDB").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := string(settings)
	if npm, err := exec.Command("npm", "config", "get", "registry").Output(); err == nil {
		text += " " + string(npm)
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n,|+", r) }) {
		if u, err := url.Parse(word); err == nil && u.Hostname() != "" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}

func TestNoFileNamesOneMachine(t *testing.T) {
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Skip("not a clone: git cannot list the files of the repository")
	}
	hosts := registries(t)
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil || strings.ContainsRune(string(text), 0) { // deleted meanwhile, or binary
			continue
		}
		holds(t, wrongPlaces(name, string(text), hosts))
	}
}

func TestFilesThatNameOneMachineAreFound(t *testing.T) {
	hosts := []string{"packages.example"}
	deny := func(line, why string) {
		t.Helper()
		complains(t, wrongPlaces("a.md", "one\n"+line, hosts), why)
	}
	deny("cd /roo"+"t/project", "a.md:2")
	deny("`/wor"+"k`", "a.md:2")
	deny("see /hom"+"e/ann/notes", "a.md:2")
	deny("https://packages.example/npm", "packages.example")
	complains(t, wrongPlaces("a.md", "GET /v1/keys\nhttps://arx.example/work/1\nrel/root/x\n/homepage\n/workspace", hosts))
}
