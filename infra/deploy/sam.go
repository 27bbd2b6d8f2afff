package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// samDeploy runs `sam deploy`. It returns when the stack is complete. Parameters without an override keep their
// values. The overrides are in a file that only this user can read, because other users see the arguments of programs.
func (s *session) samDeploy(ctx context.Context, overrides map[string]string) error {
	folder, err := os.MkdirTemp("", "arxkeys-") // with mode 0700
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	args := []string{
		"deploy", "--config-file", filepath.Join(s.root, "infra", "deploy", "samconfig.toml"), "--template-file", filepath.Join(s.root, "template.yaml"),
		"--stack-name", s.stack, "--s3-prefix", s.stack, "--region", s.config.Region,
	}
	if len(overrides) > 0 {
		text, err := json.Marshal(overrides) // JSON is YAML, which the SAM CLI reads
		if err != nil {
			return err
		}
		file := filepath.Join(folder, "parameters.yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return err
		}
		args = append(args, "--parameter-overrides", "file://"+file)
	}
	if err := s.show(ctx, "sam", args...); err != nil {
		return fmt.Errorf("%w: see above; then run make deploy again", err)
	}
	return nil
}
