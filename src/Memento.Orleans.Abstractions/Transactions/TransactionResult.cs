namespace Memento;

/// <summary>How a transaction without a value ended.</summary>
/// <param name="Ok">Whether it was committed; false where its body called Abort.</param>
/// <param name="Reason">The reason given to Abort, if any.</param>
public readonly record struct TransactionResult(bool Ok, string? Reason);

/// <summary>How a transaction with a value ended.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Ok">Whether it was committed; false where its body called Abort.</param>
/// <param name="Value">What the body gave, where it was committed.</param>
/// <param name="Reason">The reason given to Abort, if any.</param>
public readonly record struct TransactionResult<T>(bool Ok, T? Value, string? Reason);
