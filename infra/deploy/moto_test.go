package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/process"
)

var (
	repository = func() string { root, _ := filepath.Abs("../.."); return root }() // tests change the working directory
	tools      = filepath.Join(repository, "build/tools/aws/bin")                  // the Python tools, which make installs
)

// moto is the address of an AWS that all tests of the package share. They keep apart by the names of their stacks.
var moto string

func TestMain(m *testing.M) {
	if os.Getenv(simulatedSAM) != "" {
		moto = os.Getenv("MOTO")
		if err := samCLI(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	poll = time.Millisecond
	os.Exit(func() int {
		stop, err := startMoto()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer stop()
		return m.Run()
	}())
}

// startMoto starts moto, a server that behaves as AWS's S3, Cognito and CloudFormation, on a free port, and points the
// SDK to it.
func startMoto() (stop func(), err error) {
	binary := filepath.Join(tools, "moto_server")
	if _, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("moto is missing: run these tests with make test-deploy: %w", err)
	}
	cmd := exec.Command(binary, "-H", "127.0.0.1", "-p", "0")
	cmd.Env = append(os.Environ(), "PYTHONUNBUFFERED=1", "NO_COLOR=1")
	printed, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(cmd); err != nil {
		return nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	lines := bufio.NewScanner(printed)
	for lines.Scan() {
		_, address, ok := strings.Cut(lines.Text(), "Running on ")
		if !ok {
			continue
		}
		moto = strings.TrimSpace(address)
		go func() { // so that moto never waits for a reader
			for lines.Scan() {
			}
		}()
		for name, value := range map[string]string{
			"AWS_ENDPOINT_URL": moto, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1",
			"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
		} {
			os.Setenv(name, value)
		}
		return stop, nil
	}
	stop()
	return nil, fmt.Errorf("moto does not start: %w", lines.Err())
}

// settled returns an environment with these variables.
func settled(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}
