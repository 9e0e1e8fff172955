#!/bin/sh
cp fixed_tokens.py tokens.py
python3 check.py
