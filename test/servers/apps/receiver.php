<?php
$headers = [];
foreach ($_SERVER as $name => $value)
    if (str_starts_with($name, 'HTTP_')) $headers[strtolower(strtr(substr($name, 5), '_', '-'))] = $value;
header('content-type: application/json');
echo json_encode([
    'version' => PHP_VERSION,
    'target' => $_SERVER['REQUEST_URI'],
    'ids' => ['AccountID' => $_GET['AccountID'] ?? null, 'CaseID' => $_GET['CaseID'] ?? null],
    'headers' => $headers,
], JSON_THROW_ON_ERROR);
