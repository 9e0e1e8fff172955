#!/bin/sh
cp fixed_records.py records.py
python3 check.py
