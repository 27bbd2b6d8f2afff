// Command release builds a release of the commit that is checked out: archives, checksums and a tag. `make release`
// runs it.
//
//	go run ./infra/release -version v1.2.0 -licenses build/tools/go-licenses-v1.6.0 -sbom build/tools/cyclonedx-gomod-v1.10.0
//
// It writes to build/release/<version>. The same commit gives the same bytes on every machine. It pushes nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	var r release
	flag.StringVar(&r.version, "version", "", "the version, such as v1.2.0")
	flag.StringVar(&r.licenses, "licenses", "", "the path of go-licenses")
	flag.StringVar(&r.sbom, "sbom", "", "the path of cyclonedx-gomod")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := r.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "release: "+err.Error())
		os.Exit(1)
	}
	fmt.Printf("%s is in %s and tagged; publish it with: git push origin %[1]s\n", r.version, filepath.Join(r.root, folder, r.version))
}
