package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/console/hosting"
)

const (
	// releasesFile lists the files of the latest releases in the bucket. It is public, like everything in the bucket.
	releasesFile = "releases.json"

	// keptReleases is the number of releases whose files stay in the bucket. A page that was opened before an upgrade
	// goes on with the files of its release.
	keptReleases = 5

	atOnce = 8 // requests to S3 at the same time
)

// object is a file of the console, as it is served.
type object struct {
	hosting.Object
	content []byte
}

// immutable reports whether the content belongs to the name, so that objects of several releases coexist.
func (o object) immutable() bool { return strings.Contains(o.CacheControl, "immutable") }

// newObject returns the object with the name and content.
func newObject(name string, content []byte) object {
	o, ok := hosting.NewObject(name)
	if !ok {
		panic("console/hosting does not know the type of " + name)
	}
	return object{o, content}
}

// readSite returns the console's files in the folder and config.json, which tells the console where to sign in, in the
// order in which they must be uploaded.
func readSite(folder string, at provider) ([]object, error) {
	files, err := hosting.Objects(folder)
	if err != nil {
		return nil, fmt.Errorf("read the console that make build built: %w", err)
	}
	config, err := json.Marshal(at)
	if err != nil {
		return nil, err
	}
	site := []object{newObject(hosting.Config, config)}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(f.Name)))
		if err != nil {
			return nil, err
		}
		site = append(site, object{f, content})
	}
	if !slices.ContainsFunc(site, func(o object) bool { return o.Name == hosting.Page }) {
		return nil, fmt.Errorf("%s has no %s: run make build", folder, hosting.Page)
	}
	return site, nil
}

// release is the files of one release of the console.
type release struct {
	Version string   `json:"version"` // as git describes it
	Files   []string `json:"files"`   // those that are immutable, sorted
}

// upload makes the bucket contain the console, and deletes the files of old releases. It uploads only what differs in
// content or header fields, and the page and the service worker last and in order, so that they never name a file that
// is missing.
func (s *session) upload(ctx context.Context, bucket string, site []object) error {
	releases, err := s.releases(ctx, bucket)
	if err != nil {
		return err
	}
	releases = withRelease(releases, release{Version: s.version(ctx), Files: immutables(site)})
	list, err := json.MarshalIndent(releases, "", "  ")
	if err != nil {
		return err
	}
	first := slices.IndexFunc(site, func(o object) bool { return o.Late() })
	if _, err := s.put(ctx, bucket, []object{newObject(releasesFile, list)}); err != nil {
		return err
	}
	uploaded := 0
	for _, group := range append([][]object{site[:first]}, slices.Collect(slices.Chunk(site[first:], 1))...) {
		n, err := s.put(ctx, bucket, group)
		if err != nil {
			return err
		}
		uploaded += n
	}
	deleted, err := s.prune(ctx, bucket, site, releases)
	if err != nil {
		return err
	}
	s.say("console: %d files, %d uploaded, %d of old releases deleted", len(site), uploaded, deleted)
	return nil
}

// immutables returns the sorted names of the immutable objects.
func immutables(site []object) (names []string) {
	for _, o := range site {
		if o.immutable() {
			names = append(names, o.Name)
		}
	}
	slices.Sort(names)
	return names
}

// withRelease returns the releases with the current one first. A release with the same files replaces the earlier one.
func withRelease(releases []release, current release) []release {
	releases = slices.DeleteFunc(slices.Clone(releases), func(r release) bool { return slices.Equal(r.Files, current.Files) })
	releases = slices.Insert(releases, 0, current)
	return releases[:min(len(releases), keptReleases)]
}

// releases reads the list of releases in the bucket, newest first. Before the first upload it is empty.
func (c *clients) releases(ctx context.Context, bucket string) ([]release, error) {
	name := releasesFile
	out, err := c.files.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &name})
	if _, absent := errors.AsType[*types.NoSuchKey](err); absent {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the releases in the bucket %s: %w", bucket, err)
	}
	defer out.Body.Close()
	var releases []release
	if err := json.NewDecoder(out.Body).Decode(&releases); err != nil {
		return nil, fmt.Errorf("read the releases in the bucket %s: %s: %w", bucket, releasesFile, err)
	}
	return releases, nil
}

// version returns how git describes the source, or unknown without git.
func (s *session) version(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, "git", "describe", "--tags", "--always", "--dirty")
	cmd.Dir = s.root
	out, err := cmd.Output()
	if err != nil {
		return "unknown"
	}
	return string(bytes.TrimSpace(out))
}

// put uploads the objects that the bucket does not have, or has with other content or header fields. It returns their
// number.
func (s *session) put(ctx context.Context, bucket string, objects []object) (uploaded int, err error) {
	done := make([]bool, len(objects))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, o := range objects {
		g.Go(func() error {
			same, err := s.has(ctx, bucket, o)
			if err != nil || same {
				return err
			}
			done[i] = true
			return s.putOne(ctx, bucket, o)
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	for _, d := range done {
		if d {
			uploaded++
		}
	}
	return uploaded, nil
}

// has reports whether the bucket has the object with the same content and header fields. S3 keeps the checksum of what
// was uploaded.
func (c *clients) has(ctx context.Context, bucket string, o object) (bool, error) {
	have, err := c.files.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &o.Name, ChecksumMode: types.ChecksumModeEnabled})
	if _, absent := errors.AsType[*types.NotFound](err); absent {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %s in the bucket %s: %w", o.Name, bucket, err)
	}
	return aws.ToString(have.ChecksumSHA256) == checksum(o.content) && aws.ToString(have.ContentType) == o.ContentType &&
		aws.ToString(have.ContentEncoding) == o.ContentEncoding && aws.ToString(have.CacheControl) == o.CacheControl, nil
}

func (c *clients) putOne(ctx context.Context, bucket string, o object) error {
	in := &s3.PutObjectInput{
		Bucket: &bucket, Key: &o.Name, Body: bytes.NewReader(o.content), ContentType: &o.ContentType, CacheControl: &o.CacheControl,
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256, ChecksumSHA256: aws.String(checksum(o.content)),
	}
	if o.ContentEncoding != "" {
		in.ContentEncoding = &o.ContentEncoding
	}
	if _, err := c.files.PutObject(ctx, in); err != nil {
		return fmt.Errorf("upload %s to the bucket %s: %w", o.Name, bucket, err)
	}
	return nil
}

func checksum(content []byte) string {
	sum := sha256.Sum256(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// prune deletes what is neither part of the console now nor an immutable file of a kept release. It returns the number
// of deleted files.
func (c *clients) prune(ctx context.Context, bucket string, site []object, releases []release) (deleted int, err error) {
	keep := map[string]bool{releasesFile: true}
	for _, o := range site {
		keep[o.Name] = true
	}
	for _, r := range releases {
		for _, name := range r.Files {
			keep[name] = true
		}
	}
	pages := s3.NewListObjectsV2Paginator(c.files, &s3.ListObjectsV2Input{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return deleted, fmt.Errorf("list the bucket %s: %w", bucket, err)
		}
		for _, o := range page.Contents {
			if keep[aws.ToString(o.Key)] {
				continue
			}
			if _, err := c.files.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: o.Key}); err != nil {
				return deleted, fmt.Errorf("delete %s in the bucket %s: %w", aws.ToString(o.Key), bucket, err)
			}
			deleted++
		}
	}
	return deleted, nil
}
