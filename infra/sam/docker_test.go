package sam

import (
	"archive/tar"
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/arxkeys/arxkeys/infra/local/process"
)

const root = "../.."

// unproved ends the test because the machine lacks something. With DOCKER=required, as in CI, that is a failure.
func unproved(t *testing.T, missing string) {
	t.Helper()
	line := missing + ": so it is not proved that functions, events and authorizer work with the SAM CLI"
	if os.Getenv("DOCKER") == "required" {
		t.Fatal(line)
	}
	fmt.Println(line) // also without -v
	t.Skip(line)
}

// useDocker makes sure that a Docker engine responds to DOCKER_HOST, and that it has the base image. It starts an engine
// if there is none, with data and socket in a temporary folder. Images and engine are removed after the test.
func useDocker(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("docker"); err != nil {
		unproved(t, "docker is missing: apt-get install docker.io iptables")
	}
	if exec.Command("docker", "info").Run() != nil {
		startEngine(t)
	}
	before := images(t)
	t.Cleanup(func() {
		for _, image := range images(t) {
			if !slices.Contains(before, image) && strings.HasPrefix(image, "public.ecr.aws/") {
				docker(t, "rmi", "--force", image)
			}
		}
	})
	base := "public.ecr.aws/lambda/provided:al2023-" + map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	if !slices.Contains(before, base) {
		importImage(t, base)
	}
}

// startEngine starts a Docker engine, which root may do on Linux.
func startEngine(t *testing.T) {
	t.Helper()
	program, err := exec.LookPath("dockerd")
	if err != nil || os.Geteuid() != 0 {
		unproved(t, "no Docker engine responds, and only root with dockerd (apt-get install docker.io iptables) can start one")
	}
	if exec.Command("pgrep", "-x", "dockerd").Run() == nil {
		t.Fatal("a Docker engine runs that does not respond here, and two would share one bridge: end it, or set DOCKER_HOST to its socket")
	}
	dir, err := os.MkdirTemp("", "docker") // not t.TempDir, whose path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	_, noBridge := os.Stat("/sys/class/net/docker0")
	var printed bytes.Buffer
	cmd := exec.Command(program, "--data-root", dir+"/data", "--exec-root", dir+"/exec", "--pidfile", dir+"/pid", "--host", "unix://"+dir+"/docker.sock")
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := process.Start(cmd); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		if noBridge != nil {
			exec.Command("ip", "link", "delete", "docker0").Run() // the engine leaves it behind
		}
		os.RemoveAll(dir)
	})
	t.Setenv("DOCKER_HOST", "unix://"+dir+"/docker.sock")
	for exec.Command("docker", "info").Run() != nil {
		select {
		case <-ended:
			unproved(t, "dockerd does not run on this machine: "+lastLine(printed.String()))
		default:
		}
	}
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, "\n")+1:]
}

func docker(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := exec.Command("docker", arguments...).CombinedOutput()
	if err != nil {
		t.Errorf("docker %s: %v: %s", strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

func images(t *testing.T) []string {
	t.Helper()
	return strings.Fields(docker(t, "images", "--format", "{{.Repository}}:{{.Tag}}"))
}

// importImage makes the base image from files of this machine. The SAM CLI adds Amazon's Runtime Interface Emulator to
// it, and needs a shell, chmod and mv for that. AWS's own image has no other part that a static binary uses.
func importImage(t *testing.T, name string) {
	t.Helper()
	program, err := exec.LookPath("busybox")
	if err != nil {
		unproved(t, "busybox is missing: apt-get install busybox-static")
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w := tar.NewWriter(&file)
	for _, folder := range []string{"bin/", "tmp/", "var/", "var/task/"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: folder, Mode: 0o1777}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tool := range []string{"sh", "mv", "chmod"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "bin/" + tool, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("docker", "import", "-", name)
	cmd.Stdin = &file
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("docker import: %v: %s", err, out)
	}
}

// shell returns a command of the README in the repository's root, with the SAM CLI that make installs.
func shell(t *testing.T, command string) *exec.Cmd {
	t.Helper()
	tools, err := filepath.Abs(filepath.Join(root, "build/tools/aws/bin"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", command)
	cmd.Dir = root
	// No registry of images has to be reached: SAM_SKIP_PULL_IMAGE is --skip-pull-image.
	cmd.Env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"), "SAM_CLI_TELEMETRY=0", "SAM_SKIP_PULL_IMAGE=1", "PYTHONUNBUFFERED=1", "AWS_DEFAULT_REGION=eu-central-1")
	return cmd
}

// must runs the command to its end, and returns what it prints to standard output.
func must(t *testing.T, command string) string {
	t.Helper()
	var out, said bytes.Buffer
	cmd := shell(t, command)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", command, err, out.String(), said.String())
	}
	return out.String()
}

// start starts the command, and returns when it has printed a line with the text. Stop sends it Ctrl-C, and returns when it
// has ended.
func start(t *testing.T, command, ready string) (stop func(), line string) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := shell(t, command)
	cmd.Stdout, cmd.Stderr = write, write
	if err := process.Start(cmd); err != nil {
		t.Fatal(err)
	}
	write.Close()
	var lines []string
	isReady, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		seen := false
		for scanner := bufio.NewScanner(read); scanner.Scan(); {
			lines = append(lines, scanner.Text())
			if !seen && strings.Contains(scanner.Text(), ready) {
				seen = true
				isReady <- scanner.Text()
			}
		}
	}()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		<-ended
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s printed:\n%s", command, strings.Join(lines[max(0, len(lines)-60):], "\n"))
		}
	}
	t.Cleanup(stop)
	select {
	case line = <-isReady:
	case <-ended:
		t.Fatalf("%s ended:\n%s", command, strings.Join(lines, "\n"))
	}
	return stop, line
}
