"""What studies and other tools tell each other: threads laid out, codes named, and codings read
back. Pure: files are opened by exporters and by `community.importing`."""
