#!/bin/sh
cp fixed_unpack.py unpack.py
python3 check.py
