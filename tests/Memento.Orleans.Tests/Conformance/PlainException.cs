namespace Memento.Tests.Conformance;

/// <summary>An application's exception that no serializer knows.</summary>
internal sealed class PlainException(string message) : Exception(message);
